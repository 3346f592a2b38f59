/**
 * `npm test`: unit tests (every *.test.ts beside the code), then the specs in test/e2e, each kind in one process of
 * its own. Ends with one plain line, `N passed, N failed`, and exit code 1 if a test failed or none ran.
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
import { parseArgs } from 'node:util';
import { runTestProcess, type Tally } from './process.ts';
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
const only = [...options.only, ...positionals];

const unit = options.kafka ? [] : findTests(UNIT_PATTERN);
const e2e = options['no-e2e'] || options.kafka ? [] : findTests(E2E_PATTERN);
const kafka = options.kafka ? findTests(KAFKA_PATTERN) : [];
if (unit.length + e2e.length + kafka.length === 0)
  console.error(`No test file's path contains ${only.join(' or ')}.`);

const tallies: Tally[] = [];
if (unit.length > 0)
  tallies.push(await runTestProcess({ label: 'unit', files: unit, testTimeoutMs: 60_000 }));
if (e2e.length > 0) tallies.push(await runTestProcess({ label: 'e2e', files: e2e, testTimeoutMs: 180_000 }));
if (kafka.length > 0)
  tallies.push(await runTestProcess({ label: 'kafka', files: kafka, testTimeoutMs: 180_000 }));

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
