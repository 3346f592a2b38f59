/** Everything that needs kafkajs, to be loaded by a node that is opened: it is a tenth of a second of a start. */
export { clusterOf, leave } from './client.ts';
export { Fetcher } from './fetcher.ts';
