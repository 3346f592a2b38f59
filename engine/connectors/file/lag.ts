import type { Clock } from '../../runtime/clock.ts';
import type { SourceLag } from '../../runtime/contracts.ts';
import type { Lanes } from './lanes.ts';
import { countUpTo, type Pace } from './pace.ts';

/** Of a replay by time, only records that are due have happened. */
export function pacedLag(lanes: Lanes, pace: Pace, clock: Clock): SourceLag {
  let records = 0;
  let ms = 0;
  for (const l of lanes.lanes) {
    const block = lanes.head(l);
    if (block === null) {
      if (!l.feed.finished) records = Number.NaN;
      continue;
    }
    const due = block.due === null ? block.batch.length - l.at : countUpTo(block.due, l.at, pace.now);
    // Where the whole block is due, more behind it may be.
    records += l.at + due < block.batch.length || block.last ? due : Number.NaN;
    const first = block.due?.[l.at];
    const dueAt = first === undefined ? -Infinity : pace.at(first);
    if (due > 0 && Number.isFinite(dueAt)) ms = Math.max(ms, clock.now() - dueAt);
  }
  return { records, ms };
}
