/**
 * To be imported by what runs graphs. V8 allows the memory behind typed arrays 64 MB beyond what the last collection left,
 * and then marks the whole heap; batches use that up several times a second, and marking took a fifth of the CPU of a run that aggregates
 * (`npm run bench:checkpoints`, without checkpoints). Counted as all other memory, it takes a fiftieth, and the peak is the same.
 */
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--external-memory-accounted-in-global-limit');
