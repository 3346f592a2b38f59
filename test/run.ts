/**
 * `npm test`: unit tests (every *.test.ts beside the code) in processes side by side, then the specs in test/e2e in one process.
 * Ends with one plain line, `N passed, N failed`, and exit code 1 if a test failed or none ran.
 *
 *   npm test -- --only engine/plan    only files whose path contains this; may be repeated
 *   npm test -- --no-e2e              without the browser
 *   npm run test:kafka                only what needs a real Kafka broker: test/kafka (skipped where there can be none)
 *   npm test -- --plans 200000        compares this many random plans (10,000 otherwise)
 *   npm test -- --plan-seed 1234      only the random plan of this seed
 *   npm test -- --pipelines 5000      runs this many random pipelines with state (200 otherwise)
 *   npm test -- --pipeline-seed 1234  only the random pipeline of this seed
 *   npm test -- --chaos 500           kills the engine in this many runs (50 otherwise)
 */
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type LaneOptions, runInLanes } from './lanes.ts';
import type { Tally } from './process.ts';
import { ROOT } from './root.ts';

const UNIT_PATTERN = '{engine,hosts,renderer,electron,tools,test}/**/*.test.ts';
const E2E_PATTERN = 'test/e2e/**/*.e2e.ts';
const KAFKA_PATTERN = 'test/kafka/**/*.kafka.ts';

const { values: options, positionals } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    'no-e2e': { type: 'boolean', default: false },
    kafka: { type: 'boolean', default: false },
    plans: { type: 'string' },
    'plan-seed': { type: 'string' },
    pipelines: { type: 'string' },
    'pipeline-seed': { type: 'string' },
    chaos: { type: 'string' },
  },
  allowPositionals: true,
});
// The tests read these: they run in processes of their own.
if (options.plans !== undefined) process.env['WEIR_PLANS'] = options.plans;
if (options['plan-seed'] !== undefined) process.env['WEIR_PLAN_SEED'] = options['plan-seed'];
if (options.pipelines !== undefined) process.env['WEIR_PIPELINES'] = options.pipelines;
if (options['pipeline-seed'] !== undefined) process.env['WEIR_PIPELINE_SEED'] = options['pipeline-seed'];
if (options.chaos !== undefined) process.env['WEIR_CHAOS'] = options.chaos;
// Tests start many processes of the same code: compiled once, the next starts in half the time.
process.env['NODE_COMPILE_CACHE'] ??= join(ROOT, 'node_modules', '.cache', 'weir-tests');
const only = [...options.only, ...positionals];

const unit = options.kafka ? [] : findTests(UNIT_PATTERN);
const e2e = options['no-e2e'] || options.kafka ? [] : findTests(E2E_PATTERN);
const kafka = options.kafka ? findTests(KAFKA_PATTERN) : [];
if (unit.length + e2e.length + kafka.length === 0)
  console.error(`No test file's path contains ${only.join(' or ')}.`);

// More would only make tests wait for each other: some of them start processes and threads of their own.
const lanes = Math.min(4, availableParallelism());
const kinds: readonly LaneOptions[] = [
  { label: 'unit', files: unit, testTimeoutMs: 60_000, lanes },
  // What a person would see within a frame is asked of them: nothing else runs beside.
  { label: 'e2e', files: e2e, testTimeoutMs: 180_000, lanes: 1 },
  { label: 'kafka', files: kafka, testTimeoutMs: 180_000, lanes: 1 },
];
const tallies: Tally[] = [];
for (const kind of kinds) if (kind.files.length > 0) tallies.push(await runInLanes(kind));

const passed = sum((tally) => tally.passed);
const failed = sum((tally) => tally.failed);
const skipped = sum((tally) => tally.skipped);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 || passed + (options.kafka ? skipped : 0) === 0 ? 1 : 0;

function findTests(pattern: string): readonly string[] {
  const files = globSync(pattern, { cwd: ROOT }).map((path) => path.replaceAll('\\', '/'));
  return files.filter((path) => only.length === 0 || only.some((part) => path.includes(part))).sort();
}

function sum(count: (tally: Tally) => number): number {
  return tallies.reduce((total, tally) => total + count(tally), 0);
}
