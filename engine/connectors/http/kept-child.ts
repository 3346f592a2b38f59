/** For tests: a source that keeps what it accepts under the folder of its first argument, until it is killed. Prints its URL. */
import { toFields } from '../../contract/settings.ts';
import { SystemClock } from '../../runtime/clock.ts';
import type { Source } from '../../runtime/contracts.ts';
import { httpSchema } from './plan.ts';
import { httpSource } from './source.ts';
import { httpSpec } from './spec.ts';

export const CONFIG = httpSpec.config.parse({
  port: 0,
  bufferRows: 1_000_000,
  schema: [{ name: 'id', type: 'INT', nullable: false }],
});
export const FIELDS = toFields(httpSchema(CONFIG));

export const keptSource = (stateDir: string, log: (text: string) => void): Source =>
  httpSource.create({
    nodeId: 'events',
    config: CONFIG,
    clock: new SystemClock(),
    seed: 1,
    baseDir: '.',
    signal: new AbortController().signal,
    batchRows: 1024,
    stateDir,
    log: (_, text) => log(text),
    fields: FIELDS,
  });

if (import.meta.main) {
  const source = keptSource(process.argv[2] ?? '', (text) => process.stdout.write(`${text}\n`));
  await source.open(null);
  // What was kept before is read on, so that new events are taken.
  for (;;) if (source.poll(1024) === null) await source.whenReady();
}
