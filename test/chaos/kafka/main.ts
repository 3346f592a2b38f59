/** `npm run chaos -- --scenario kafka-exactly-once --runs N --seed S [--json FILE]`: see `scenario.ts`. */
import { writeFile } from 'node:fs/promises';
import { KafkaBroker } from '../../services/kafka/broker.ts';
import { whyNoKafka } from '../../services/kafka/jars.ts';
import { type KafkaChaosRun, kafkaRun, makeInput } from './scenario.ts';

export async function kafkaChaos(runs: number, seed: number, json: string | undefined): Promise<number> {
  const why = await whyNoKafka();
  if (why !== null) {
    console.log(`skipped: ${why}`);
    return 0;
  }
  const beganAt = performance.now();
  const broker = await KafkaBroker.start();
  const done: KafkaChaosRun[] = [];
  try {
    const input = await makeInput(broker, seed);
    for (let n = 0; n < runs; n++) {
      const run = await kafkaRun(broker, input, seed + n);
      done.push(run);
      const state = run.faults.length === 0 ? 'ok    ' : 'FAILED';
      console.log(
        `${state} seed ${run.seed}  ${Math.round(run.ms)} ms  ${run.kills} kills, ${run.restored} starts from a checkpoint, broker killed ${run.serverKills} times`,
      );
      for (const fault of run.faults) console.log(`       ${fault}`);
    }
  } finally {
    await broker.stop();
  }
  const sum = (of: (run: KafkaChaosRun) => number): number => done.reduce((total, run) => total + of(run), 0);
  const failed = done.filter(({ faults }) => faults.length > 0).length;
  const seconds = Math.round((performance.now() - beganAt) / 1000);
  if (json !== undefined) await writeFile(json, `${JSON.stringify({ seconds, runs: done }, null, 2)}\n`);
  console.log(
    `${sum((r) => r.kills)} kills, ${sum((r) => r.restored)} starts from a checkpoint, broker killed ${sum((r) => r.serverKills)} times, ${seconds} s`,
  );
  console.log(`${runs - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
