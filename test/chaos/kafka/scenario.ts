/**
 * Kafka to Kafka under kill -9: a topic with doubled records → dedup by id → each row into a topic, and a window per user into another.
 * `weir run` is killed at any instant, the broker in some runs too; at the end, what Java's consumer of committed records sees must be
 * exactly what the input says.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { random } from '../../../engine/runtime/random.ts';
import type { KafkaBroker } from '../../services/kafka/broker.ts';
import { newTopic, produce, readByJava } from '../../services/kafka/topics.ts';

const CLI = join(import.meta.dirname, '..', '..', '..', 'engine', 'cli.ts');
const RECORDS = 60_000;
const USERS = 23;
const PARTITIONS = 3;
const WINDOW_MS = 10_000;
/** Of a start that is not killed: far more than any needs. */
const START_MS = 120_000;
/** How long a start may live before it is killed, ms: from its own beginning to well into the work. */
const LIFE_MS = [200, 1300] as const;

export interface Input {
  readonly topic: string;
  readonly firstAt: number;
}

/** Each id once, and one in ten a second time a little later; times rise within a partition. */
export async function makeInput(broker: KafkaBroker, seed: number): Promise<Input> {
  const topic = await newTopic(broker, 'chaos-in', PARTITIONS);
  const firstAt = Math.floor((Date.now() - 3_600_000) / WINDOW_MS) * WINDOW_MS;
  const { next } = random(seed);
  for (let from = 0; from < RECORDS; from += 2000) {
    const messages = Array.from({ length: 2000 }, (_, i) => {
      const id = from + i;
      const at = firstAt + id;
      const user = `u${id % USERS}`;
      const one = { key: user, value: JSON.stringify({ id, user, n: id % 100 }), timestamp: String(at) };
      return next() < 0.1 ? [one, one] : [one];
    });
    await produce(broker, topic, messages.flat());
  }
  return { topic, firstAt };
}

export interface KafkaChaosRun {
  readonly seed: number;
  readonly kills: number;
  readonly brokerKills: number;
  readonly restored: number;
  readonly ms: number;
  readonly faults: readonly string[];
}

export async function kafkaRun(broker: KafkaBroker, input: Input, seed: number): Promise<KafkaChaosRun> {
  const beganAt = performance.now();
  const { next } = random(seed);
  const folder = await mkdtemp(join(tmpdir(), 'weir-kafka-chaos-'));
  const each = await newTopic(broker, 'chaos-each', PARTITIONS);
  const sums = await newTopic(broker, 'chaos-sums', 1);
  await writeFile(join(folder, 'chaos.weir'), JSON.stringify(documentOf(broker, input, each, sums)));
  const tally = { kills: 0, brokerKills: 0, restored: 0 };
  const faults: string[] = [];
  try {
    const wanted = 1 + Math.floor(next() * 4);
    for (let start = 0; ; start++) {
      const hasCheckpoint = (await manifests(folder)).length > 0;
      if (hasCheckpoint) tally.restored++;
      const child = run(folder, hasCheckpoint);
      const killed = start < wanted ? await kill(child, folder, next, broker, tally) : false;
      const { code, said } = await child.ended;
      if (killed) continue;
      if (code !== 0) faults.push(`a start ended with ${code}: ${said.slice(-1500)}`);
      break;
    }
    if (faults.length === 0) {
      faults.push(...compareEach(await readByJava(broker, each)));
      faults.push(...compareSums(await readByJava(broker, sums), input));
    }
  } finally {
    if (faults.length === 0) await rm(folder, { recursive: true, force: true });
    else faults.push(`kept: ${folder}`);
  }
  return { seed, ...tally, ms: performance.now() - beganAt, faults };
}

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly said: string }>;
}

function run(folder: string, goesOn: boolean): Started {
  const args = ['run', 'chaos.weir', '--json', '--checkpoints', 'state', '--checkpoint-every', '50ms'];
  const child = spawn(process.execPath, [CLI, ...args, ...(goesOn ? ['--restore', 'latest'] : [])], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), START_MS);
  const ended = once(child, 'close').then(([code]) => {
    clearTimeout(timer);
    return { code: code as number | null, said };
  });
  return { child, ended };
}

/** By the clock, or as soon as the next checkpoint stands on the disk: between that and its commit. Whether it came in time. */
async function kill(
  { child, ended }: Started,
  folder: string,
  next: () => number,
  broker: KafkaBroker,
  tally: { kills: number; brokerKills: number },
): Promise<boolean> {
  const [least, most] = LIFE_MS;
  const until = performance.now() + least + next() * (most - least);
  const atManifest = next() < 0.5;
  const withBroker = next() < 0.1;
  const delay = next() * 30;
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  await pause(Math.max(0, until - performance.now()));
  const before = (await manifests(folder)).at(-1);
  while (atManifest && !isOver && (await manifests(folder)).at(-1) === before) await pause(1);
  await pause(delay);
  if (isOver) return false;
  child.kill('SIGKILL');
  tally.kills++;
  if (withBroker) {
    await broker.kill();
    await broker.restart();
    tally.brokerKills++;
  }
  return true;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function manifests(folder: string): Promise<string[]> {
  const all = await readdir(join(folder, 'state')).catch(() => []);
  return all.filter((name) => /^chk-\d+\.json$/.test(name)).sort();
}

type Read = Awaited<ReturnType<typeof readByJava>>;

function compareEach(found: Read): string[] {
  const seen = new Uint8Array(RECORDS);
  for (const { value } of found) {
    const { id } = JSON.parse(value ?? '{}') as { id: number };
    seen[id] = (seen[id] ?? 0) + 1;
  }
  const lost = seen.reduce((sum, times) => sum + (times === 0 ? 1 : 0), 0);
  const doubled = seen.reduce((sum, times) => sum + (times > 1 ? 1 : 0), 0);
  return lost + doubled === 0 ? [] : [`rows: ${lost} lost, ${doubled} doubled`];
}

function compareSums(found: Read, { firstAt }: Input): string[] {
  const wanted = new Map<string, string>();
  const totals = new Map<string, { n: number; sum: number }>();
  for (let id = 0; id < RECORDS; id++) {
    const key = `u${id % USERS} ${Math.floor(id / WINDOW_MS)}`;
    const total = totals.get(key) ?? { n: 0, sum: 0 };
    total.n++;
    total.sum += id % 100;
    totals.set(key, total);
  }
  for (const [key, { n, sum }] of totals) wanted.set(key, `${n} ${sum}`);
  const faults: string[] = [];
  const seen = new Map<string, string>();
  for (const { value } of found) {
    const row = JSON.parse(value ?? '{}') as { user: string; window_start: string; n: number; sum: number };
    const key = `${row.user} ${(Date.parse(row.window_start) - firstAt) / WINDOW_MS}`;
    if (seen.has(key)) faults.push(`window ${key} is there twice`);
    seen.set(key, `${row.n} ${row.sum}`);
  }
  for (const [key, total] of wanted)
    if (seen.get(key) !== total)
      faults.push(`window ${key}: ${seen.get(key) ?? 'nothing'} in place of ${total}`);
  if (seen.size !== wanted.size) faults.push(`${seen.size} windows in place of ${wanted.size}`);
  return faults.slice(0, 5);
}

const documentOf = (broker: KafkaBroker, { topic }: Input, each: string, sums: string) => ({
  weir: 1,
  nodes: {
    events: {
      type: 'kafka',
      config: {
        connection: broker.address,
        topic,
        end: 'latest',
        schema: [
          { name: 'id', type: 'BIGINT' },
          { name: 'user', type: 'STRING' },
          { name: 'n', type: 'INT' },
        ],
        metadata: [{ what: 'timestamp', name: 'at' }],
        // Partitions are read at different speeds: nothing may be late.
        time: { field: 'at', watermark: { kind: 'bounded', delay: '5 min' } },
      },
    },
    once: { type: 'dedup', config: { keys: ['id'], keep: 'first' } },
    perUser: {
      type: 'window',
      config: {
        window: { kind: 'tumbling', size: `${WINDOW_MS / 1000} s` },
        keys: ['user'],
        aggregates: [
          { function: 'count', as: 'n' },
          { function: 'sum', of: 'n', as: 'sum' },
        ],
      },
    },
    each: { type: 'kafka-sink', config: { connection: broker.address, topic: each, key: ['user'] } },
    sums: { type: 'kafka-sink', config: { connection: broker.address, topic: sums, key: ['user'] } },
  },
  edges: [
    { from: 'events', to: 'once' },
    { from: 'once', to: 'each' },
    { from: 'once', to: 'perUser' },
    { from: 'perUser', to: 'sums' },
  ],
});
