/**
 * `npm run dist`: builds, then packages for this system into dist-packages/. Arguments go to electron-builder, such
 * as `npm run dist -- --linux dir`.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { buildAll } from './build.ts';

await buildAll();
const builder = fileURLToPath(new URL('../node_modules/electron-builder/cli.js', import.meta.url));
const { status } = spawnSync(process.execPath, [builder, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exitCode = status ?? 1;
