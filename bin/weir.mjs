#!/usr/bin/env node
// The `weir` command of a checkout (`npx weir run pipeline.weir`): the same bootstrap as the npm scripts.
import { runTask } from '../tools/run.mjs';

await runTask('weir', process.argv.slice(2));
