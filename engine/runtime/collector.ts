/**
 * To be imported by what runs graphs. V8 allows the memory behind typed arrays 64 MB beyond what the last collection left, and then marks the whole
 * heap; batches use that up seven times a second. Counted as all other memory, half as many collections do, a run that aggregates takes
 * a tenth less CPU (213 to 189 ns a row, `bench:checkpoints` without checkpoints, 3 runs each), and its peak is the same.
 */
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--external-memory-accounted-in-global-limit');
