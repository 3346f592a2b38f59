/** `serve.ts NAME STATE_FILE`: one server in the background, until it is told to end. Started by `main.ts`. */
import { renameSync, writeFileSync } from 'node:fs';
import { KafkaBroker } from './kafka/broker.ts';
import { withAdmin } from './kafka/topics.ts';
import { KinesisServer } from './kinesis/server.ts';

/** Of the examples, with their partitions, or shards. */
const PLACES = { orders: 3, 'order-totals': 1 };

interface Served {
  readonly said: string;
  stop(): Promise<void>;
}

const SERVICES: Readonly<Record<string, () => Promise<Served>>> = {
  async kafka() {
    const broker = await KafkaBroker.start({ port: 9092 });
    const topics = Object.entries(PLACES).map(([topic, numPartitions]) => ({ topic, numPartitions }));
    await withAdmin(broker, (admin) => admin.createTopics({ topics }));
    return { said: saying('kafka', broker.address, 'topics'), stop: () => broker.stop() };
  },
  async kinesis() {
    const server = await KinesisServer.start(4568);
    for (const [stream, shards] of Object.entries(PLACES)) await server.createStream(stream, shards);
    return { said: saying('kinesis', server.address, 'streams'), stop: () => server.stop() };
  },
};

function saying(name: string, address: string, places: string): string {
  const there = Object.keys(PLACES).join(' and ');
  return `${name} serves at ${address}, with the ${places} ${there}. Try: npx weir run examples/${name}-orders.weir`;
}

const [name = '', stateFile = ''] = process.argv.slice(2);
const served = await SERVICES[name]?.();
if (served === undefined) throw new Error(name);
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => {
    void served.stop().finally(() => process.exit(0));
  });
// Whole or not at all: who waits for it reads it at once.
writeFileSync(`${stateFile}.new`, JSON.stringify({ pid: process.pid, said: served.said }));
renameSync(`${stateFile}.new`, stateFile);
