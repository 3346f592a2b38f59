/** `npm run chaos -- --scenario kafka-exactly-once`: see `scenario.ts`. */
import { KafkaBroker } from '../../services/kafka/broker.ts';
import { whyNoKafka } from '../../services/kafka/jars.ts';
import { type KilledRuns, killedRuns } from '../killed-runs.ts';
import { kafkaRun, makeInput } from './scenario.ts';

export async function kafkaChaos(runs: KilledRuns): Promise<number> {
  const why = await whyNoKafka();
  if (why !== null) {
    console.log(`skipped: ${why}`);
    return 0;
  }
  const broker = await KafkaBroker.start();
  try {
    const input = await makeInput(broker, runs.seed);
    return await killedRuns(
      runs,
      (seed) => kafkaRun(broker, input, seed),
      ({ serverKills }) => `broker killed ${serverKills} times`,
    );
  } finally {
    await broker.stop();
  }
}
