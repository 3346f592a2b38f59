import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Row, rowsOf } from '../../batch/batch.ts';
import type { GraphDocument } from '../../contract/document.ts';
import { checkGraph } from '../../plan/check.ts';
import { SystemClock, VirtualClock } from '../../runtime/clock.ts';
import type { SourcePosition } from '../../runtime/contracts.ts';
import { runLocally } from '../../runtime/local.ts';
import { scheduleSource } from './source.ts';
import { type ScheduleConfig, scheduleFields, scheduleSpec } from './spec.ts';

const parse = (config: unknown): ScheduleConfig => scheduleSpec.config.parse(config) as ScheduleConfig;

function source(config: unknown, clock: VirtualClock, signal = new AbortController().signal) {
  const parsed = parse(config);
  return scheduleSource.create({
    nodeId: 's',
    config: parsed,
    clock,
    seed: 1,
    baseDir: '.',
    signal,
    batchRows: 1024,
    log: () => {},
    fields: scheduleFields(parsed),
  });
}

/** Due times of the rows that one poll gives. */
function dues(polled: ReturnType<ReturnType<typeof source>['poll']>): number[] {
  const column = polled?.batch?.columns[0];
  return column === undefined ? [] : (Array.from(column.values) as number[]);
}

const cron = (expression: string, zone = 'UTC') => ({ kind: 'cron', expression, zone });
const at = (iso: string): number => Date.parse(iso);

test('an interval is due at its start and then every so often, and ends after its count', async () => {
  const clock = new VirtualClock(1000);
  const s = source({ when: { kind: 'interval', every: '10 s' }, count: 4 }, clock);
  await s.open(null);
  assert.deepEqual(dues(s.poll(100)), [1000]);
  assert.equal(s.poll(100), null);
  clock.advanceTo(10_999);
  assert.deepEqual([s.poll(100), s.lag()], [null, { records: 0, ms: 0 }]);
  clock.advanceTo(25_000);
  assert.deepEqual(s.lag(), { records: 2, ms: 14_000 });
  assert.deepEqual([dues(s.poll(1)), dues(s.poll(1))], [[11_000], [21_000]]);
  assert.equal(s.ended, false);
  clock.advanceTo(99_000);
  assert.deepEqual(dues(s.poll(100)), [31_000]);
  assert.deepEqual([s.ended, s.poll(100)], [true, null]);
});

test('whenReady waits for the due time on the given clock, and for the end of the run', async () => {
  const clock = new VirtualClock(0);
  const abort = new AbortController();
  const s = source({ when: { kind: 'interval', every: '1 h' } }, clock, abort.signal);
  await s.open(null);
  s.poll(10);
  let ready = 0;
  void s.whenReady().then(() => ready++);
  clock.advanceTo(3_599_999);
  await Promise.resolve();
  assert.equal(ready, 0);
  clock.advanceTo(3_600_000);
  await Promise.resolve();
  assert.equal(ready, 1);
  s.poll(10);
  const waiting = s.whenReady();
  abort.abort();
  await waiting;
});

test('missed times: all of them, or the last', async () => {
  for (const [when, expected] of [
    [{ kind: 'interval', every: '1 min' }, ['00:00', '00:01', '00:02', '00:03']],
    [cron('* * * * *'), ['00:00', '00:01', '00:02', '00:03']],
  ] as const) {
    for (const missed of ['emit', 'skip']) {
      const clock = new VirtualClock(at('2026-01-01T00:03:59Z'));
      const s = source({ when, start: '2026-01-01T00:00:00Z', missed }, clock);
      await s.open(null);
      const times = dues(s.poll(100)).map((t) => new Date(t).toISOString().slice(11, 16));
      assert.deepEqual(times, missed === 'emit' ? expected : expected.slice(-1));
      assert.equal(s.poll(100), null);
      clock.advanceTo(at('2026-01-01T00:04:00Z'));
      assert.deepEqual(dues(s.poll(100)), [at('2026-01-01T00:04:00Z')]);
    }
  }
});

test('cron follows its time zone over both changes of the clock', async () => {
  const list = async (expression: string, from: string, count: number): Promise<string[]> => {
    const s = source(
      { when: cron(expression, 'Europe/Berlin'), start: from, count },
      new VirtualClock(at('2027-01-01T00:00:00Z')),
    );
    await s.open(null);
    return dues(s.poll(100)).map((t) => new Date(t).toISOString().slice(5, 16));
  };
  // 02:30 is not there on 29 March, and comes twice on 25 October.
  assert.deepEqual(await list('30 2 * * *', '2026-03-28T00:00:00Z', 3), [
    '03-28T01:30',
    '03-29T01:00',
    '03-30T00:30',
  ]);
  assert.deepEqual(await list('30 2 * * *', '2026-10-24T00:00:00Z', 3), [
    '10-24T00:30',
    '10-25T00:30',
    '10-26T01:30',
  ]);
  assert.deepEqual(await list('0 9 ? * MON', '2026-06-01T07:00:00Z', 2), ['06-01T07:00', '06-08T07:00']);
});

test('it goes on from its position', async () => {
  const config = { when: cron('*/10 * * * * *'), missed: 'emit' };
  const clock = new VirtualClock(at('2026-01-01T00:00:05Z'));
  const first = source(config, clock);
  await first.open(null);
  clock.advanceTo(at('2026-01-01T00:00:20Z'));
  assert.equal(dues(first.poll(100)).length, 2);
  const position = JSON.parse(JSON.stringify(first.position()));
  clock.advanceTo(at('2026-01-01T00:00:40Z'));
  const second = source(config, clock);
  await second.open(position);
  const polled = second.poll(100);
  assert.deepEqual(dues(polled), [at('2026-01-01T00:00:30Z'), at('2026-01-01T00:00:40Z')]);
  assert.deepEqual(Array.from(polled?.batch?.columns[1]?.values as Float64Array), [3, 4]);
  await assert.rejects(second.open({ from: 'x' }), /saved position/);
});

test('it goes on exactly after any poll, as if nothing had happened', async () => {
  const start = '2026-03-29T00:59:50Z';
  const configs = [
    { when: { kind: 'interval', every: '7 s' }, count: 12 },
    { when: { kind: 'interval', every: '7 s' }, start, missed: 'skip' },
    { when: cron('*/10 * * * * *', 'Europe/Berlin'), start, fields: [{ name: 'job', value: 'x' }] },
    { when: cron('*/5 * * * * *'), missed: 'skip', count: 7 },
    // Ends by itself: the year is over.
    { when: cron('*/30 59 0 29 3 * 2026'), start: '2026-03-29T00:59:00Z' },
  ];
  for (const config of configs) {
    const fields = scheduleFields(parse(config));
    /** A poll every 3 s, now and then two; what each gave, and the position after it. */
    const run = async (position: SourcePosition | null, from: number) => {
      const clock = new VirtualClock(at(start) + from * 3000);
      const s = source(config, clock);
      await s.open(position);
      const seen: { rows: Row[]; position: SourcePosition; ended: boolean }[] = [];
      for (let step = from; step < 25; step++) {
        clock.advanceTo(at(start) + step * 3000);
        const batch = step % 4 === 3 ? null : s.poll(2)?.batch;
        const position = JSON.parse(JSON.stringify(s.position()));
        seen.push({ rows: batch == null ? [] : rowsOf(batch, fields), position, ended: s.ended });
      }
      return seen;
    };
    const whole = await run(null, 0);
    assert.ok(whole.flatMap(({ rows }) => rows).length > 1, JSON.stringify(config));
    for (const [step, { position }] of whole.entries())
      assert.deepEqual(
        await run(position, step + 1),
        whole.slice(step + 1),
        `${JSON.stringify(config)} ${step}`,
      );
  }
});

const graph = (config: Record<string, unknown>): GraphDocument => ({
  weir: 1,
  nodes: {
    ticks: { type: 'schedule', config },
    minutes: {
      type: 'window',
      config: {
        window: { kind: 'tumbling', size: '1 min' },
        aggregates: [{ function: 'count', as: 'ticks' }],
      },
    },
    out: { type: 'table', config: {} },
  },
  edges: [
    { from: 'ticks', to: 'minutes' },
    { from: 'minutes', to: 'out' },
  ],
});

test('in a run its due times are event times, with the virtual clock and with the machine’s', async () => {
  const config = {
    when: { kind: 'interval', every: '20 s' },
    start: '2020-01-01T00:00:00Z',
    count: 7,
    arrival: 'arrived',
  };
  for (const clock of [new VirtualClock(at('2020-01-01T00:00:00Z')), new SystemClock()]) {
    const { rows, summary } = await runLocally(graph(config), { clock });
    assert.deepEqual(
      rows['out']?.map((row) => row['ticks']),
      [3, 3, 1],
    );
    assert.equal(summary.recordsRead, 7);
  }
});

test('wrong settings are refused with their path', () => {
  const problems = (config: Record<string, unknown>) =>
    checkGraph(graph(config))
      .problems.filter((p) => p.path[1] === 'ticks')
      .map((p) => `${p.code} ${p.path.slice(3).join('.')}`);
  const interval = { kind: 'interval', every: '1 s' };
  assert.deepEqual(problems({ when: interval }), []);
  assert.deepEqual(problems({ when: { kind: 'interval', every: '0 s' } }), ['S-VALUE when.every']);
  assert.deepEqual(problems({ when: { kind: 'interval', every: '-5 s' } }), ['S-VALUE when.every']);
  assert.deepEqual(problems({ when: { kind: 'interval', every: '0.5 ms' } }), ['S-VALUE when.every']);
  for (const text of [
    '61 * * * *',
    'every day',
    '* * * *',
    '2026-01-01T00:00:00',
    '0 0 30 2 *',
    '*/0 * * * *',
  ])
    assert.deepEqual(problems({ when: cron(text) }), ['S-VALUE when.expression'], text);
  assert.deepEqual(problems({ when: cron('* * * * *', 'Mars/Olympus') }), ['S-VALUE when.zone']);
  assert.deepEqual(problems({ when: interval, count: 0 }), ['S-VALUE count']);
  assert.deepEqual(problems({ when: interval, start: 'tomorrow' }), ['S-VALUE start']);
  assert.deepEqual(problems({ when: interval, fields: [{ name: 'due', value: 'x' }] }), [
    'S-VALUE fields.0.name',
  ]);
  assert.deepEqual(problems({ when: interval, fields: [{ name: 'a', type: 'BIGINT', value: '1.5' }] }), [
    'T-TYPE fields.0.value',
  ]);
  assert.deepEqual(problems({ when: interval, arrival: 'n' }), ['S-VALUE arrival']);
});
