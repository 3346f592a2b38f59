/**
 * `npm run chaos`: a pipeline with every operator that keeps state is killed with SIGKILL, again and again, and must give what an
 * undisturbed run gives. Ends in `N passed, N failed`.
 *
 *   --scenario S  operators (what is said above), kafka-exactly-once (`kafka/scenario.ts`),
 *                 or kinesis-at-least-once (`kinesis/scenario.ts`)
 *   --runs N      how many (10)
 *   --seed S      of the first; the others follow (1)
 *   --jobs N      at once (2)
 *   --json FILE   writes what was found, for a report
 *   --keep        leaves the folders of the runs
 *
 * A failure prints its seed: `npm run chaos -- --runs 1 --seed S` makes the same pipeline and kills it at the same moments, as far as
 * the machine lets it.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { kafkaChaos } from './kafka/main.ts';
import { kinesisChaos } from './kinesis/main.ts';
import { chaosRuns, summaryOf } from './runs.ts';

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', default: 'operators' },
    runs: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '2' },
    json: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});
const whole = (name: 'runs' | 'seed' | 'jobs', least: number): number => {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= least) return value;
  console.error(`--${name} ${values[name]}: expected a whole number, at least ${least}`);
  process.exit(2);
};

const WITH_SERVERS = new Map([
  ['kafka-exactly-once', kafkaChaos],
  ['kinesis-at-least-once', kinesisChaos],
]);
const withServers = WITH_SERVERS.get(values.scenario);
if (withServers !== undefined)
  process.exit(await withServers({ runs: whole('runs', 1), seed: whole('seed', 0), json: values.json }));
if (values.scenario !== 'operators') {
  const known = ['operators', ...WITH_SERVERS.keys()];
  console.error(`--scenario ${values.scenario}: expected one of ${known.join(', ')}`);
  process.exit(2);
}

const began = performance.now();
const runs = await chaosRuns({
  runs: whole('runs', 1),
  seed: whole('seed', 0),
  jobs: whole('jobs', 1),
  keep: values.keep,
  told: (run, done) => {
    const how = run.kills.map((k, n) => `${k.moment} ${k.at}${run.killed[n] === true ? '' : ' (had ended)'}`);
    const state = run.faults.length === 0 ? 'ok    ' : 'FAILED';
    console.log(
      `${state} seed ${run.seed}  ${Math.round(run.ms)} ms  killed: ${how.join(', ')}  (${done} done)`,
    );
    for (const fault of run.faults) console.log(`       ${fault}`);
  },
});
const summary = summaryOf(runs, performance.now() - began);
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(summary, null, 2)}\n`);
console.log(
  `${summary.kills} kills, ${summary.restored} starts from a checkpoint, ${summary.passedOver} torn checkpoints passed over, ${Math.round(summary.seconds)} s`,
);
const moments = Object.entries(summary.moments).map(([moment, count]) => `${moment} ${count}`);
console.log(`kills that came, by moment: ${moments.join(', ')}`);
console.log(`${summary.passed} passed, ${summary.failed} failed`);
process.exitCode = summary.failed === 0 ? 0 : 1;
