/**
 * Kinesis to Kinesis under kill -9, at least once: a stream → dedup by id → another stream. At the end no record may be lost; those that
 * are there twice are counted.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { random } from '../../../engine/runtime/random.ts';
import type { KinesisServer } from '../../services/kinesis/server.ts';
import { kill, manifests, startCli, type Tally } from '../cli-kills.ts';

const RECORDS = 4000;
const KEYS = 11;

export async function makeStream(server: KinesisServer): Promise<string> {
  const stream = await server.createStream('chaos-in', 3);
  await server.put(
    stream,
    Array.from({ length: RECORDS }, (_, id) => ({
      key: `k${id % KEYS}`,
      data: JSON.stringify({ id, key: `k${id % KEYS}` }),
    })),
  );
  return stream;
}

export interface KinesisChaosRun extends Readonly<Tally> {
  readonly seed: number;
  readonly ms: number;
  readonly doubled: number;
  readonly faults: readonly string[];
}

export async function kinesisRun(
  server: KinesisServer,
  input: string,
  seed: number,
): Promise<KinesisChaosRun> {
  const beganAt = performance.now();
  const { next } = random(seed);
  const folder = await mkdtemp(join(tmpdir(), 'weir-kinesis-chaos-'));
  const output = await server.createStream(`chaos-out-${seed}`, 2);
  await writeFile(join(folder, 'chaos.weir'), JSON.stringify(documentOf(server, input, output)));
  const tally: Tally = { kills: 0, serverKills: 0, restored: 0 };
  const faults: string[] = [];
  let doubled = 0;
  try {
    const wanted = 1 + Math.floor(next() * 4);
    for (let start = 0; ; start++) {
      const hasCheckpoint = (await manifests(folder)).length > 0;
      if (hasCheckpoint) tally.restored++;
      const child = startCli(folder, 'chaos.weir', hasCheckpoint);
      const killed = start < wanted ? await kill(child, folder, next, tally, null) : false;
      const { code, said } = await child.ended;
      if (killed) continue;
      if (code !== 0) faults.push(`a start ended with ${code}: ${said.slice(-1500)}`);
      break;
    }
    const seen = new Uint16Array(RECORDS);
    for (const { data } of await server.readAll(output)) {
      const { id } = JSON.parse(data) as { id: number };
      seen[id] = (seen[id] ?? 0) + 1;
    }
    doubled = seen.reduce((sum, times) => sum + Math.max(0, times - 1), 0);
    const lost = seen.reduce((sum, times) => sum + (times === 0 ? 1 : 0), 0);
    if (lost > 0) faults.push(`${lost} records are lost`);
  } finally {
    if (faults.length === 0) await rm(folder, { recursive: true, force: true });
    else faults.push(`kept: ${folder}`);
  }
  return { seed, ...tally, ms: performance.now() - beganAt, doubled, faults };
}

const documentOf = ({ address }: KinesisServer, input: string, output: string) => ({
  weir: 1,
  nodes: {
    events: {
      type: 'kinesis',
      config: {
        connection: address,
        stream: input,
        end: 'caught-up',
        schema: [
          { name: 'id', type: 'BIGINT' },
          { name: 'key', type: 'STRING' },
        ],
      },
    },
    once: { type: 'dedup', config: { keys: ['id'], keep: 'first' } },
    out: {
      type: 'kinesis-sink',
      config: { connection: address, stream: output, partitionKey: 'key', order: 'per-key' },
    },
  },
  edges: [
    { from: 'events', to: 'once' },
    { from: 'once', to: 'out' },
  ],
});
