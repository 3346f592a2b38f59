/** Everything that needs the AWS SDK, to be loaded by a node that is opened. */
export { kinesisOf } from './client.ts';
export { Shards } from './shards.ts';
export { listShards } from './stream.ts';
export { whereOf } from './test-connection.ts';
