import { after } from 'node:test';
import { KafkaBroker } from './broker.ts';
import { whyNoKafka } from './jars.ts';

let shared: Promise<KafkaBroker> | null = null;

/** Null, or why every test that needs a broker is skipped: printed by the runner. */
export const noKafka: string | null = await whyNoKafka();

/** One broker for all test files of the process, started by the first that asks. */
export function sharedKafka(): Promise<KafkaBroker> {
  shared ??= KafkaBroker.start();
  return shared;
}

after(async () => {
  const broker = await shared?.catch(() => null);
  await broker?.stop();
});
