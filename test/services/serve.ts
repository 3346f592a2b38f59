/** `serve.ts NAME STATE_FILE`: one server in the background, until it is told to end. Started by `main.ts`. */
import { renameSync, writeFileSync } from 'node:fs';
import { KafkaBroker } from './kafka/broker.ts';
import { withAdmin } from './kafka/topics.ts';

/** Of the examples, with their partitions. */
const TOPICS = { orders: 3, 'order-totals': 1 };
const PORT = 9092;

const [, stateFile = ''] = process.argv.slice(2);
const broker = await KafkaBroker.start({ port: PORT });
await withAdmin(broker, (admin) =>
  admin.createTopics({
    topics: Object.entries(TOPICS).map(([topic, numPartitions]) => ({ topic, numPartitions })),
  }),
);
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => {
    void broker.stop().finally(() => process.exit(0));
  });
const said = `kafka serves at ${broker.address}, with the topics ${Object.keys(TOPICS).join(' and ')}. Try: npx weir run examples/kafka-orders.weir`;
// Whole or not at all: who waits for it reads it at once.
writeFileSync(`${stateFile}.new`, JSON.stringify({ pid: process.pid, said }));
renameSync(`${stateFile}.new`, stateFile);
