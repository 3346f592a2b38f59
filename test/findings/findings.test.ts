/** Every finding: a pipeline that has it, and near ones that have not. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { Finding, FindingCode } from '../../engine/findings/finding.ts';
import { RULES } from '../../engine/findings/rules.ts';
import { lookAt, type Script, type Step } from './scripted.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-findings-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const T0 = Date.UTC(2024, 4, 1, 12);
const iso = (ms: number): string => new Date(ms).toISOString();

const SCHEMA = [
  { name: 'at', type: 'TIMESTAMP' },
  { name: 'key', type: 'STRING' },
  { name: 'delay', type: 'INT' },
];
const source = (time: object = {}, extra: object = {}): object => ({
  type: 'file',
  config: {
    path: 'x.ndjson',
    format: { kind: 'ndjson' },
    schema: SCHEMA,
    time: { field: 'at', watermark: { kind: 'bounded', delay: '2 s' }, ...time },
    ...extra,
  },
});
const END = { type: 'nothing', config: {} };
const HOUR = {
  type: 'window',
  config: {
    window: { kind: 'tumbling', size: '1 min' },
    keys: ['key'],
    aggregates: [{ function: 'count', as: 'rows' }],
  },
};
const SESSION = { ...HOUR, config: { ...HOUR.config, window: { kind: 'session', gap: '30 s' } } };
/** `s → m → end`. */
const line = (s: object, m: object, settings: object = {}): object => ({
  weir: 1,
  settings,
  nodes: { s, m, end: END },
  edges: [
    { from: 's:out', to: 'm' },
    { from: 'm:out', to: 'end' },
  ],
});
const row = (ms: number, key = 'a', delay = 10): object => ({ at: iso(T0 + ms), key, delay });
/** A row a second from `from` to `to`, s, of event time as the clock. */
const seconds = (from: number, to: number, shift = 0, partition = '0'): Step[] =>
  Array.from({ length: to - from }, (_, i) => ({
    at: (from + i) * 1000,
    partition,
    rows: [row((from + i) * 1000 + shift)],
  }));

const filter = (condition: string): object => ({ type: 'filter', config: { condition } });

const joining = (left: readonly string[], right: readonly string[], kind = 'inner'): Script => {
  const other = {
    type: 'file',
    config: { path: 'y.ndjson', format: { kind: 'ndjson' }, schema: [{ name: 'id', type: 'STRING' }] },
  };
  const rows = (of: readonly (string | null)[], name: string): Step[] => [
    { at: 0, rows: of.map((key) => ({ [name]: key })) },
  ];
  return {
    document: {
      weir: 1,
      nodes: {
        l: {
          type: 'file',
          config: { path: 'x.ndjson', format: { kind: 'ndjson' }, schema: [{ name: 'key', type: 'STRING' }] },
        },
        r: other,
        m: { type: 'join', config: { join: kind, on: [{ left: 'key', right: 'id' }] } },
        end: END,
      },
      edges: [
        { from: 'l:out', to: 'm:left' },
        { from: 'r:out', to: 'm:right' },
        { from: 'm:out', to: 'end' },
      ],
    },
    sources: { l: rows(left, 'key'), r: rows(right, 'id') },
    look: 1000,
  };
};

interface Case {
  readonly about: string;
  readonly has: Script;
  readonly at: string;
  readonly facts?: (facts: never) => void;
  readonly fixed?: readonly (readonly [path: string, value: unknown])[];
  /** What is nearly the same, and has it not. */
  readonly not: readonly (readonly [about: string, script: Script])[];
}

const calm: Script = { document: line(source(), HOUR), sources: { s: seconds(0, 10) }, look: 10_000 };
const late = (behind: number, rows = 20): Script => ({
  document: line(source(), HOUR),
  sources: {
    s: [
      { at: 0, rows: [row(0)] },
      { at: 1, rows: [row(600_000)] },
      { at: 2, rows: Array.from({ length: rows }, (_, i) => row(600_000 - 62_000 - behind - i)) },
    ],
  },
  look: 100,
});

const CASES: Readonly<Record<FindingCode, Case>> = {
  'no-input': {
    about: 'a source that gave nothing yet',
    has: { ...calm, sources: { s: [{ at: 60_000, rows: [row(0)] }] }, look: 5000 },
    at: 's',
    not: [
      ['one record came', calm],
      ['it has ended, and was empty', { ...calm, sources: { s: [] }, ends: true, look: 0 }],
    ],
  },
  'source-ended': {
    about: 'a source at its end that holds its watermark',
    has: { ...calm, document: line(source({ atEnd: 'hold' }), HOUR), ends: true, look: 9000 },
    at: 's',
    fixed: [['nodes.s.config.time.atEnd', 'complete']],
    not: [['more will come', calm]],
  },
  unusable: {
    about: 'records that are no JSON',
    has: { ...calm, sources: { s: [{ at: 0, rows: [row(0)], bad: ['{"at":', '<html>'] }] }, look: 1000 },
    at: 's',
    facts: (facts: { count: number; first: { record: string } | null }) =>
      assert.deepEqual([facts.count, facts.first?.record], [2, '{"at":']),
    not: [
      [
        'one of many',
        { ...calm, sources: { s: [{ at: 0, rows: [row(0), row(1), row(2)], bad: ['{'] }] }, look: 1000 },
      ],
    ],
  },
  'all-filtered': {
    about: 'a condition that no record meets',
    has: { ...calm, document: line(source(), filter("delay > 60 AND key = 'a' AND delay < 10 * 10")) },
    at: 'm',
    facts: (facts: { count: number; last: { parts: unknown; record: { name: string }[] } | null }) => {
      assert.deepEqual(facts.last?.parts, [
        { text: 'delay > 60', value: false },
        { text: "key = 'a'", value: true },
        { text: 'delay < 10 * 10', value: true },
      ]);
      assert.deepEqual(
        facts.last?.record.map((v) => v.name),
        ['at', 'key', 'delay'],
      );
    },
    not: [
      [
        'one record met it',
        {
          ...calm,
          document: line(source(), filter('delay > 60')),
          sources: { s: [{ at: 0, rows: [row(0, 'a', 61), row(1), row(2)] }] },
        },
      ],
      ['nothing came', { ...calm, document: line(source(), filter('delay > 60')), sources: { s: [] } }],
    ],
  },
  'held-by-partition': {
    about: 'a partition that stopped',
    has: {
      ...calm,
      sources: { s: [...seconds(0, 3, 0, 'p1'), ...seconds(0, 12)].sort((a, b) => a.at - b.at) },
      look: 11_500,
    },
    at: 's',
    facts: (facts: { partition: string; quietMs: number; others: number; watermark: number }) => {
      assert.equal(facts.partition, 'p1');
      assert.ok(facts.quietMs >= 8000 && facts.quietMs <= 10_000, String(facts.quietMs));
      assert.equal(facts.others - facts.watermark, 9000);
    },
    fixed: [['nodes.s.config.time.idleTimeout', '5 s']],
    not: [
      [
        'it is idle',
        {
          ...calm,
          document: line(source({ idleTimeout: '3 s' }), HOUR),
          sources: { s: [...seconds(0, 3, 0, 'p1'), ...seconds(0, 12)].sort((a, b) => a.at - b.at) },
          look: 11_500,
        },
      ],
      [
        'both go on',
        {
          ...calm,
          sources: { s: [...seconds(0, 12, 0, 'p1'), ...seconds(0, 12)].sort((a, b) => a.at - b.at) },
          look: 11_500,
        },
      ],
    ],
  },
  'window-open': {
    about: 'a window whose end the watermark has not passed',
    has: calm,
    at: 'm',
    facts: (facts: { due: number; watermark: number; open: number }) =>
      // The last instant of the window, and the watermark 2 s behind the record of 12:00:09.
      assert.deepEqual([facts.due - T0, facts.watermark - T0, facts.open], [59_999, 7000, 1]),
    not: [
      ['nothing came', { ...calm, sources: { s: [] } }],
      [
        'processing time',
        { ...calm, document: line(source(), { ...HOUR, config: { ...HOUR.config, time: 'processing' } }) },
      ],
    ],
  },
  'session-open': {
    about: 'a session that goes on',
    has: { ...calm, document: line(source(), SESSION) },
    at: 'm',
    facts: (facts: { gap: string; due: number }) =>
      // No sooner than the gap after its first record.
      assert.deepEqual([facts.gap, facts.due - T0], ['30 s', 29_999]),
    not: [['a window of fixed size', calm]],
  },
  'all-late': {
    about: 'records far behind the watermark',
    has: late(5000),
    at: 'm',
    facts: (facts: { late: number; of: number; bound: string; better: string }) =>
      assert.deepEqual([facts.late, facts.of, facts.bound], [20, 22, '2 s']),
    fixed: [['nodes.s.config.time.watermark.delay', '1 min 10 s']],
    not: [
      ['some are late', late(5000, 1)],
      ['within their window', late(-60_000)],
    ],
  },
  'time-unit': {
    about: 'seconds read as milliseconds',
    has: {
      ...calm,
      sources: { s: [{ at: 0, rows: [{ at: iso(T0 / 1000), key: 'a', delay: 1 }] }] },
      look: 100,
    },
    at: 's',
    facts: (facts: { unit: string; wouldBe: number }) =>
      assert.deepEqual([facts.unit, facts.wouldBe], ['s', T0]),
    fixed: [['nodes.s.config.schema.0.format', 'epoch-s']],
    not: [
      ['an archive', { ...calm, sources: { s: [{ at: 0, rows: [row(-20 * 365 * 86_400_000)] }] } }],
      ['next year', { ...calm, sources: { s: [{ at: 0, rows: [row(365 * 86_400_000)] }] } }],
    ],
  },
  'time-zone': {
    about: 'live records nine hours ahead',
    has: { ...calm, sources: { s: seconds(0, 12, 9 * 3_600_000) }, look: 11_500 },
    at: 's',
    facts: (facts: { hours: number }) => assert.equal(facts.hours, 9),
    not: [
      ['live records of now', { ...calm, sources: { s: seconds(0, 12) }, look: 11_500 }],
      [
        'an archive that happens to end nine hours ago',
        {
          ...calm,
          sources: { s: [{ at: 0, rows: [row(-90_000_000), row(-9 * 3_600_000)] }] },
          look: 11_500,
        },
      ],
      ['seventeen minutes ahead', { ...calm, sources: { s: seconds(0, 12, 17 * 60_000) }, look: 11_500 }],
    ],
  },
  'from-the-future': {
    about: 'one record of next week',
    has: {
      ...calm,
      sources: {
        s: [{ at: 0, rows: [row(0)] }, { at: 1, rows: [row(7 * 86_400_000)] }, ...seconds(1, 10)],
      },
    },
    at: 's',
    facts: (facts: { from: number; to: number; late: number }) =>
      assert.deepEqual([facts.from, facts.to, facts.late], [T0, T0 + 7 * 86_400_000, 9]),
    not: [
      ['records that are late for other reasons', late(5000)],
      [
        'a gap, after which all goes on from there',
        { ...calm, sources: { s: [...seconds(0, 3), ...seconds(4, 10, 86_400_000)] } },
      ],
    ],
  },
  'no-match': {
    about: 'keys that differ in case',
    has: joining(['ATL', 'ORD'], ['atl', 'ord']),
    at: 'm',
    facts: (facts: { almost: string; nulls: number[] }) =>
      assert.deepEqual([facts.almost, facts.nulls], ['case', [0, 0]]),
    not: [
      ['one meets', joining(['ATL', 'ORD'], ['atl', 'ORD'])],
      ['one side is empty', joining(['ATL'], [])],
      ['an outer join', joining(['ATL'], ['atl'], 'left')],
    ],
  },
  'back-pressure': {
    about: 'a sink that takes nothing',
    has: {
      document: line(source(), filter('delay > 0')),
      sources: {
        s: Array.from({ length: 30 }, () => ({ at: 0, rows: Array.from({ length: 1024 }, () => row(0)) })),
      },
      look: 400,
      stuck: true,
    },
    at: 's',
    facts: (facts: { culprit: string; share: number }) => {
      assert.equal(facts.culprit, 'end');
      assert.ok(facts.share > 0.2 && facts.share <= 1, String(facts.share));
    },
    not: [['it takes everything', calm]],
  },
  'waits-for-checkpoint': {
    about: 'rows of a transactional sink before the next checkpoint',
    has: {
      document: {
        weir: 1,
        settings: { checkpoints: { every: '1 min' } },
        nodes: {
          s: source(),
          end: { type: 'file-sink', config: { folder: join(folder, 'out') } },
        },
        edges: [{ from: 's:out', to: 'end' }],
      },
      sources: { s: seconds(0, 3) },
      look: 2500,
      checkpoints: true,
    },
    at: 'end',
    facts: (facts: { rows: number; every: string }) =>
      assert.deepEqual([facts.rows, facts.every], [3, '1 min']),
    not: [['a sink that shows rows at once', { ...calm, checkpoints: true }]],
  },
};

const wanted = (findings: readonly Finding[], code: FindingCode): Finding | undefined =>
  findings.find((f) => f.code === code);

describe('why no output', () => {
  for (const [code, { about, has, at, facts, fixed, not }] of Object.entries(CASES) as [
    FindingCode,
    Case,
  ][]) {
    test(`${code}: ${about}`, async () => {
      const all = await lookAt(has);
      const found = wanted(all, code);
      assert.ok(found !== undefined, `found ${JSON.stringify(all)}`);
      assert.equal(found.node, at);
      facts?.(found.facts as never);
      assert.deepEqual(found.fix?.edits.map((edit) => [edit.path.join('.'), edit.value]) ?? [], fixed ?? []);
    });
    for (const [nearly, script] of not)
      test(`${code}: not where ${nearly}`, async () => {
        const all = await lookAt(script);
        assert.equal(wanted(all, code), undefined, JSON.stringify(all));
      });
  }

  test('every rule has its pipeline', () => {
    assert.ok(Object.keys(CASES).length >= RULES.length);
  });
});
