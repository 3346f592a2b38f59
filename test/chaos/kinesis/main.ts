/** `npm run chaos -- --scenario kinesis-at-least-once --runs N --seed S [--json FILE]`: see `scenario.ts`. */
import { writeFile } from 'node:fs/promises';
import { KinesisServer } from '../../services/kinesis/server.ts';
import { type KinesisChaosRun, kinesisRun, makeStream } from './scenario.ts';

export async function kinesisChaos(runs: number, seed: number, json: string | undefined): Promise<number> {
  const beganAt = performance.now();
  const server = await KinesisServer.start();
  const done: KinesisChaosRun[] = [];
  try {
    const input = await makeStream(server);
    for (let n = 0; n < runs; n++) {
      const run = await kinesisRun(server, input, seed + n);
      done.push(run);
      const state = run.faults.length === 0 ? 'ok    ' : 'FAILED';
      console.log(
        `${state} seed ${run.seed}  ${Math.round(run.ms)} ms  ${run.kills} kills, ${run.restored} starts from a checkpoint, ${run.doubled} records there again`,
      );
      for (const fault of run.faults) console.log(`       ${fault}`);
    }
  } finally {
    await server.stop();
  }
  const sum = (of: (run: KinesisChaosRun) => number): number =>
    done.reduce((total, run) => total + of(run), 0);
  const failed = done.filter(({ faults }) => faults.length > 0).length;
  const seconds = Math.round((performance.now() - beganAt) / 1000);
  if (json !== undefined) await writeFile(json, `${JSON.stringify({ seconds, runs: done }, null, 2)}\n`);
  console.log(
    `${sum((r) => r.kills)} kills, ${sum((r) => r.restored)} starts from a checkpoint, ${sum((r) => r.doubled)} records there again, ${seconds} s`,
  );
  console.log(`${runs - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
