/** One case in a process of its own: `child.ts <name> <size>`; answers with CPU ns an event, the best of three runs after one. */

import { BATCH_ROWS, toBatches } from '../corpus.ts';
import { runOnce } from '../engine.ts';
import { Meter } from '../meter.ts';
import { documentOf, GROWING } from './cases.ts';

const [name = '', size = ''] = process.argv.slice(2);
const growing = GROWING[name];
if (growing === undefined) throw new Error(`no case ${name}`);
const events = growing.events(Number(size));
const batches = toBatches(growing.columns(Number(size), events));
const document = documentOf(name, Number(size));
let best = Number.POSITIVE_INFINITY;
for (let n = 0; n < 4; n++) {
  const meter = new Meter(events, BATCH_ROWS);
  const { rows } = await runOnce(document, batches, meter);
  if (rows === 0) throw new Error(`${name} ${size} gave no rows`);
  if (n > 0) best = Math.min(best, meter.end().cpuNs);
}
const peakBytes = process.resourceUsage().maxRSS * 1024;
process.send?.({ cpuNs: best / growing.work(Number(size)), peakBytes }, () => process.disconnect());
