/** Whether a checkpoint has something of a node that is lost without it: a position, state, or rows that were prepared. */
import type { NodeSpec } from '../contract/spec.ts';

/** Sources have a position; of sinks, only those that prepare rows have something to lose. What a lookup reads, it reads again. */
export const holdsState = (spec: NodeSpec): boolean =>
  spec.kind === 'source' ||
  (spec.kind === 'sink' ? spec.protocol === 'transactional' : spec.stateful && spec.keeps !== 'anything');
