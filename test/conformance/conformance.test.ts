import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { type JsonObject, type Outcome, readCase } from './case.ts';
import { equal } from './compare.ts';
import { parseKey, toSql } from './expression.ts';
import { findCases, findData } from './find.ts';
import { runCase } from './run-case.ts';
import { inOneVocabulary } from './vocabulary.ts';

const root = mkdtempSync(join(tmpdir(), 'weir-conformance-'));
after(() => rmSync(root, { recursive: true, force: true }));

let written = 0;
function write(json: JsonObject, name = `cases/case-${written++}.json`): string {
  const file = join(root, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ name, engine: 'flink', kind: 'runnable', ...json }));
  return file;
}
const run = (json: JsonObject): Outcome => runCase(readCase(write(json)));

const record = (ts: number, row: JsonObject = { key: 'a', value: 1 }): JsonObject => ({
  op: 'record',
  ts,
  row,
});
const watermark = (ts: number): JsonObject => ({ op: 'watermark', ts });
const END: JsonObject = { op: 'end_of_input' };

const sum = (more: JsonObject = {}): JsonObject => ({
  type: 'window_aggregate',
  window: { kind: 'tumbling', size_ms: 10 },
  key: ['key'],
  aggregates: [{ fn: 'sum', of: 'value', as: 'sum' }],
  watermark: 'explicit steps',
  ...more,
});
const expect = (rows: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
  mode: 'append',
  order: 'any',
  rows,
  ...more,
});
const window = (start: number, end: number, total: number, more: JsonObject = {}): JsonObject => ({
  row: { key: 'a', window_start: start, window_end: end, sum: total },
  ...more,
});

test('a right case passes, and a wrong row, a row too many or one too late fails it', () => {
  const input = [record(1), record(3), watermark(9), record(12), END];
  const first = window(0, 10, 2, { by_step: 2, ts: 9 });
  assert.equal(
    run({ operator: sum(), input, expected: expect([first, window(10, 20, 1)]) }).status,
    'passed',
  );
  const wrong = [
    [window(0, 10, 3), window(10, 20, 1)],
    [window(0, 10, 2)],
    [window(0, 10, 2), window(10, 20, 1), window(20, 30, 1)],
    [window(0, 10, 2, { by_step: 1 }), window(10, 20, 1)],
    [window(0, 10, 2, { not_before_step: 3 }), window(10, 20, 1)],
    [window(0, 10, 2, { ts: 10 }), window(10, 20, 1)],
    [{ row: { nonsense: null } }, window(10, 20, 1)],
  ];
  for (const rows of wrong) {
    assert.equal(
      run({ operator: sum(), input, expected: expect(rows) }).status,
      'failed',
      JSON.stringify(rows),
    );
  }
});

test('exact order counts where it is asked for', () => {
  const input = [record(1), record(12), END];
  const rows = [window(10, 20, 1), window(0, 10, 1)];
  assert.equal(run({ operator: sum(), input, expected: expect(rows, { order: 'exact' }) }).status, 'failed');
  assert.equal(run({ operator: sum(), input, expected: expect(rows) }).status, 'passed');
});

test('late records are compared where they are listed', () => {
  const input = [record(1), watermark(9), record(2, { key: 'a', value: 7 })];
  const late = (ts: number): JsonObject => expect([window(0, 10, 1)], { late: [{ ts, row: { value: 7 } }] });
  assert.equal(run({ operator: sum(), input, expected: late(2) }).status, 'passed');
  assert.equal(run({ operator: sum(), input, expected: late(3) }).status, 'failed');
});

test('generated watermarks follow the settings: per record, or after each batch', () => {
  const records = [record(25), record(1)];
  const operator = (applied: JsonObject): JsonObject =>
    sum({ watermark: { strategy: 'bounded_out_of_orderness', delay_ms: 5, ...applied } });
  const each = expect([window(20, 30, 1)]);
  const both = expect([window(0, 10, 1), window(20, 30, 1)]);
  const batch = [{ op: 'batch', records }, END];
  assert.equal(run({ operator: operator({}), input: [...records, END], expected: each }).status, 'passed');
  const perBatch = operator({ applied: 'after each batch' });
  assert.equal(run({ operator: perBatch, input: batch, expected: both }).status, 'passed');
});

test('an engine whose watermark excludes itself fires a millisecond later', () => {
  const input = [record(1), watermark(9), watermark(10)];
  const fires = (step: number): JsonObject =>
    expect([window(0, 10, 1, { by_step: step, not_before_step: step })]);
  assert.equal(run({ operator: sum(), input, expected: fires(1) }).status, 'passed');
  assert.equal(run({ engine: 'beam', operator: sum(), input, expected: fires(2) }).status, 'passed');
  assert.equal(run({ engine: 'beam', operator: sum(), input, expected: fires(1) }).status, 'failed');
});

test('sessions exactly one gap apart: one in Flink, two in Beam, and Kafka reports the last record', () => {
  const input = [record(0), record(10), END];
  const operator = sum({ window: { kind: 'session', gap_ms: 10 } });
  assert.equal(run({ operator, input, expected: expect([window(0, 20, 2)]) }).status, 'passed');
  const two = expect([window(0, 10, 1), window(10, 20, 1)]);
  assert.equal(run({ engine: 'beam', operator, input, expected: two }).status, 'passed');
  const { watermark: _, ...kafka } = operator;
  const closes = [record(0), record(10), record(30)];
  assert.equal(
    run({ engine: 'kafka-streams', operator: kafka, input: closes, expected: expect([window(0, 10, 2)]) })
      .status,
    'passed',
  );
});

test('what is not there is skipped, with the reason from the description', () => {
  const expected = expect([]);
  const reason = (operator: JsonObject, input: readonly JsonObject[] = [END]): string => {
    const outcome = run({ operator, input, expected });
    assert.equal(outcome.status, 'skipped', JSON.stringify(outcome));
    return outcome.status === 'skipped' ? outcome.reason : '';
  };
  assert.match(reason({ type: 'teleport' }), /teleport/);
  assert.match(reason(sum({ trigger: { kind: 'at full moon' } })), /trigger.*full moon/);
  assert.match(reason(sum({ emit: 'now and then' })), /now and then/);
  assert.match(reason(sum({ accumulation: 'forgetting' })), /forgetting/);
  assert.match(reason(sum({ window: { kind: 'spiral' } })), /spiral/);
  const counted = sum({ window: { kind: 'count', size: 4, slide: 2 }, trigger: { kind: 'count', n: 3 } });
  assert.match(reason(counted), /trigger.*3/);
  assert.match(reason(sum({ aggregates: [{ fn: 'string concat', of: 'key', as: 'x' }] })), /string concat/);
  assert.match(reason(sum({ phase: 'waxing' })), /phase/);
  assert.match(reason(sum(), [{ op: 'retract', ts: 1, row: {} }]), /^other semantics: .*takes rows back/);
});

test('accumulation says what a second firing holds', () => {
  const input = [record(1), watermark(9), record(2)];
  const operator = (accumulation: string): JsonObject => sum({ allowed_lateness_ms: 100, accumulation });
  const two = (second: number): JsonObject => expect([window(0, 10, 1), window(0, 10, second)]);
  const status = (accumulation: string, second: number): string =>
    run({ operator: operator(accumulation), input, expected: two(second) }).status;
  assert.deepEqual(
    [status('accumulating', 2), status('accumulating', 1), status('discarding', 1), status('discarding', 2)],
    ['passed', 'failed', 'passed', 'failed'],
  );
  const changes = [
    { op: '+I', ...window(0, 10, 1) },
    { op: '-U', ...window(0, 10, 1) },
    { op: '+U', ...window(0, 10, 2) },
  ];
  const changelog = { mode: 'changelog', order: 'exact' };
  const retracting = operator('accumulating_and_retracting');
  assert.equal(run({ operator: retracting, input, expected: expect(changes, changelog) }).status, 'passed');
  assert.equal(
    run({ operator: retracting, input, expected: expect(changes.slice(0, 2), changelog) }).status,
    'failed',
  );
});

test('Beam fires an empty pane at the end, Flink does not; a bare trigger leaves the rest in Flink', () => {
  const early = { early: { kind: 'count', n: 1 }, on_time: 'watermark', late: null };
  const operator = sum({ trigger: early, accumulation: 'discarding' });
  const input = [record(1), END];
  const pane = (timing: string, index: number, total: number): JsonObject => ({
    ...window(0, 10, total),
    pane: { timing, index, first: index === 0 },
  });
  const panes = { mode: 'panes', order: 'any' };
  const both = expect([pane('EARLY', 0, 1), pane('ON_TIME', 1, 0)], panes);
  assert.equal(run({ engine: 'beam', operator, input, expected: both }).status, 'passed');
  assert.equal(run({ operator, input, expected: both }).status, 'failed');
  const one = expect([pane('EARLY', 0, 1)], panes);
  assert.equal(run({ operator, input, expected: one }).status, 'passed');
  const bare = sum({ trigger: { kind: 'count', n: 2 } });
  assert.equal(run({ operator: bare, input, expected: expect([]) }).status, 'passed');
  const rest = expect([window(0, 10, 1)]);
  assert.equal(run({ engine: 'beam', operator: bare, input, expected: rest }).status, 'passed');
});

test('rows on every update: windows that change, and sessions that end for longer ones', () => {
  const operator = (w: JsonObject): JsonObject => {
    const { watermark: _, ...rest } = sum({ window: w, emit: 'on every update', grace_ms: 0 });
    return rest;
  };
  const upsert = { mode: 'upsert', order: 'exact' };
  const kafka = (w: JsonObject, rows: readonly JsonObject[]): string =>
    run({
      engine: 'kafka-streams',
      operator: operator(w),
      input: [record(1), record(2)],
      expected: expect(rows, upsert),
    }).status;
  const tumbling = { kind: 'tumbling', size_ms: 10 };
  assert.equal(kafka(tumbling, [window(0, 10, 1, { ts: 1 }), window(0, 10, 2, { ts: 2 })]), 'passed');
  assert.equal(kafka(tumbling, [window(0, 10, 2, { ts: 2 })]), 'failed');
  const gone = { row: { key: 'a', window_start: 1, window_end: 1, sum: null } };
  const session = { kind: 'session', gap_ms: 5 };
  assert.equal(kafka(session, [window(1, 1, 1), gone, window(1, 2, 2)]), 'passed');
  assert.equal(kafka(session, [window(1, 1, 1), window(1, 2, 2)]), 'failed');
});

test('the table of accumulation modes', () => {
  const operator = { type: 'accumulation_modes', aggregates: [{ fn: 'sum' }] };
  const input = [
    { op: 'pane', inputs: [1, 2] },
    { op: 'pane', inputs: [4] },
  ];
  const status = (row: JsonObject): string =>
    run({ kind: 'table', operator, input, expected: expect([row]) }).status;
  assert.equal(status({ mode: 'discarding', panes: [[3], [4]], last_value: 4, total: 7 }), 'passed');
  assert.equal(status({ mode: 'accumulating', panes: [[3], [7]], last_value: 7, total: 10 }), 'passed');
  const retracting = 'accumulating_and_retracting';
  assert.equal(status({ mode: retracting, panes: [[3], [7, -3]], last_value: 7, total: 7 }), 'passed');
  assert.equal(status({ mode: retracting, panes: [[3], [7]], last_value: 7, total: 7 }), 'failed');
});

test('processing time moves by its steps', () => {
  const operator = sum({ time: 'processing' });
  const row = { key: 'a', value: 1 };
  const input: JsonObject[] = [
    { op: 'record', row },
    { op: 'processing_time', ts: 9 },
    { op: 'record', row },
  ];
  const expected = expect([window(0, 10, 2, { by_step: 3, not_before_step: 3 })]);
  assert.equal(
    run({ operator, input: [...input, { op: 'processing_time', ts: 10 }], expected }).status,
    'passed',
  );
});

test('keys may be expressions; a file step is found from the case upwards', () => {
  writeFileSync(join(root, 'rows.jsonl'), '{"ts":1,"row":{"n":10}}\n{"ts":2,"row":{"n":3}}\n');
  const operator = {
    type: 'window_aggregate',
    window: { kind: 'tumbling', size_ms: 10 },
    key: ['k := n % 10 = 0 ? 0 : n'],
    aggregates: [{ fn: 'count', as: 'c' }],
  };
  const rows = [{ row: { k: 0, c: 1 } }, { row: { k: 3, c: 1 } }];
  const input = [{ op: 'file', path: 'rows.jsonl' }, END];
  assert.equal(run({ operator, input, expected: expect(rows) }).status, 'passed');
  assert.throws(() => findData(join(root, 'cases/x.json'), 'missing.jsonl'), /missing\.jsonl/);
});

test('expressions become SQL', () => {
  assert.deepEqual(parseKey('name'), { name: 'name', sql: null });
  assert.equal(toSql('a > 1 ? (b ? 1 : 2) : c'), 'CASE WHEN a > 1 THEN (b ? 1 : 2) ELSE c END');
  assert.equal(toSql('a ? b ? 1 : 2 : 3'), 'CASE WHEN a THEN CASE WHEN b THEN 1 ELSE 2 END ELSE 3 END');
});

test('decimals as text equal the doubles that Weir carries, but text is not a number otherwise', () => {
  assert.equal(equal('11.10', 11.1), true);
  assert.equal(equal('11.10', 11.2), false);
  assert.equal(equal('eleven', 11), false);
  assert.equal(equal(null, 0), false);
  assert.equal(equal('a', 'a'), true);
});

test('watermark cases: the DataStream generator, the valve, partitions, idleness', () => {
  const generator = { type: 'watermark_generator', strategy: 'bounded_out_of_orderness', delay_ms: 10 };
  const emitted = (value: number): Outcome =>
    run({
      operator: generator,
      input: [record(100), { op: 'periodic_emit' }],
      expected: { mode: 'watermarks', order: 'any', rows: [{ by_step: 1, watermark: value }] },
    });
  assert.equal(emitted(89).status, 'passed');
  assert.equal(emitted(90).status, 'failed');
  const valve = { type: 'watermark_combiner', channels: 2 };
  const input = [
    { op: 'watermark', ts: 5, channel: 0 },
    { op: 'watermark', ts: 3, channel: 1 },
    { op: 'status', status: 'IDLE', channel: 1 },
  ];
  const rows = [
    { by_step: 1, watermark: 3 },
    { by_step: 2, watermark: 5 },
  ];
  assert.equal(run({ operator: valve, input, expected: expect(rows) }).status, 'passed');
  assert.equal(
    run({ operator: valve, input, expected: expect(rows.slice(0, 1)) }).status,
    'failed',
    'one too many',
  );
  const timer = { type: 'idleness_timer', timeout_ms: 10 };
  const checks = [{ op: 'check_idle' }, { op: 'processing_time_advance', ms: 11 }, { op: 'check_idle' }];
  const idle = (value: boolean): JsonObject => ({
    mode: 'checks',
    order: 'any',
    rows: [{ by_step: 2, idle: value }],
  });
  assert.equal(run({ operator: timer, input: checks, expected: idle(true) }).status, 'passed');
  assert.equal(run({ operator: timer, input: checks, expected: idle(false) }).status, 'failed');
});

test('cases are found through an index, beside it, and broken ones are told', () => {
  const folder = join(root, 'found');
  const listed = write({ operator: {}, expected: {} }, 'found/a/listed.json');
  const beside = write({ operator: {}, expected: {} }, 'found/b/beside.json');
  writeFileSync(join(folder, 'b/other.json'), '{"no": "case"}');
  writeFileSync(join(folder, 'b/broken.json'), '{');
  writeFileSync(
    join(folder, 'index.json'),
    JSON.stringify([{ file: 'a/listed.json' }, { file: 'gone.json' }]),
  );
  const found = findCases(folder);
  assert.deepEqual(
    found.map((f) => [f.file, f.broken === null]),
    [
      [listed, true],
      [join(folder, 'gone.json'), false],
      [beside, true],
      [join(folder, 'b/broken.json'), false],
    ],
  );
});

const OWN = join(import.meta.dirname, 'cases');
for (const { file } of findCases(OWN)) {
  test(`case ${basename(file, '.json')}: right, and wrong with a row more`, () => {
    const own = readCase(file);
    assert.deepEqual(runCase(own), { status: 'passed' });
    const more = { row: { nonsense: 1 }, op: '+I', state: [['nonsense']] };
    const rows = [...own.expected.rows, more];
    assert.notEqual(runCase({ ...own, expected: { ...own.expected, rows } }).status, 'passed');
  });
}

test('rules that Weir has no setting for are told as other semantics', () => {
  const reasonOf = (engine: string, operator: JsonObject): string => {
    const outcome = run({ engine, operator, input: [], expected: expect([]) });
    return outcome.status === 'skipped' ? outcome.reason : outcome.status;
  };
  const sliding = { kind: 'sliding_kafka', time_difference_ms: 5 };
  const all = [
    reasonOf('materialize', { type: 'temporal_filter', condition: 'mz_now() <= ts' }),
    reasonOf('kafka-streams', { ...sum(), window: sliding, emit: 'on every update' }),
    reasonOf('spark', { type: 'dedup', key: ['k'], within_watermark: true }),
    reasonOf('ksqldb', {
      type: 'aggregate',
      key: ['k'],
      aggregates: [{ fn: 'topk', of: 'v', n: 2, as: 't' }],
    }),
    reasonOf('materialize', { type: 'except', all: true }),
    reasonOf('risingwave', { type: 'over_aggregate', order_by: 'v', functions: ['lag(v)'] }),
  ];
  for (const reason of all) assert.match(reason, /^other semantics: /);
});

test('the same in other words', () => {
  const said = inOneVocabulary({
    type: 'topn',
    group_by: 'g',
    order_by: 'v desc',
    limit: 2,
    offset: 1,
    notes: 'as the page has it',
  });
  assert.deepEqual(said, { type: 'top_n', partition_by: ['g'], order_by: 'v desc', n: 3, from_rank: 2 });
  const window = inOneVocabulary({
    type: 'window_aggregate',
    keys: ['k'],
    window: { type: 'hop', size_ms: 10, advance_ms: 5, grace_ms: 2 },
    aggregates: ['count(*) as n', { function: 'sum', field: 'v', alias: 's' }],
  });
  assert.deepEqual(window, {
    type: 'window_aggregate',
    key: ['k'],
    grace_ms: 2,
    window: { kind: 'hopping', size_ms: 10, slide_ms: 5 },
    aggregates: [
      { fn: 'count', of: '*', as: 'n' },
      { fn: 'sum', of: 'v', as: 's' },
    ],
  });
});
