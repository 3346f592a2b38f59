/**
 * To be imported by what runs graphs.
 *
 * V8 allows the memory behind typed arrays 64 MB beyond what the last collection left, and then marks the whole heap; batches use that up
 * seven times a second. Counted as all other memory, half as many collections do, a run that aggregates takes a tenth less CPU
 * (213 to 189 ns a row, `bench:checkpoints` without checkpoints, 3 runs each), and its peak is the same.
 *
 * An operator's loop over a batch calls a few small functions per row that many operators share. V8 inlines 920 bytes of bytecode into one
 * function, and which calls come first is chance: the same run took 158 or 180 ns a row. With twice as much all of the loop fits
 * (`bench:checkpoints` without checkpoints: 172 to 189 ns without this, 158 to 167 with it, 3 to 5 runs; q5 in memory 146 to 137 ns; three
 * times as much made q1 slower).
 */
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--external-memory-accounted-in-global-limit');
setFlagsFromString('--max-inlined-bytecode-size-cumulative=1840');
