/** What stands behind the orders: operators with one input, each with a sink of its own. */
import type { Branches } from './pipeline.ts';

export type Nodes = Record<string, { readonly type: string; readonly config: object }>;
export type Edges = { readonly from: string; readonly to: string }[];

const COUNT = { function: 'count', as: 'c' };
const TOTAL = { function: 'sum', of: 'n', as: 'total' };

const windows: Nodes = {
  tumbling: {
    type: 'window',
    config: {
      window: { kind: 'tumbling', size: '2 s' },
      keys: ['k'],
      aggregates: [COUNT, TOTAL, { function: 'last', of: 'id', as: 'newest' }],
      lateness: '100 ms',
      trigger: { early: { kind: 'rows', every: 3 } },
      pane: true,
    },
  },
  hopping: {
    type: 'window',
    config: {
      window: { kind: 'hopping', size: '5 s', slide: '1 s' },
      keys: ['k'],
      aggregates: [
        COUNT,
        { function: 'collect', of: 'id', as: 'ids' },
        { function: 'approx-percentile', of: 'x', percentile: 0.9, as: 'high' },
      ],
    },
  },
  cumulating: {
    type: 'window',
    config: {
      window: { kind: 'cumulating', size: '10 s', step: '2 s' },
      groupingId: 'set',
      keys: ['k', 'tags'],
      groupingSets: [{ keys: ['k'] }, { keys: ['tags'] }, { keys: [] }],
      aggregates: [COUNT, { function: 'count-distinct', of: 'n', as: 'different' }],
    },
  },
  sessions: {
    type: 'window',
    config: {
      window: { kind: 'session', gap: '300 ms' },
      keys: ['k'],
      aggregates: [COUNT, { function: 'listagg', of: 'tags', as: 'tags' }],
      trigger: { early: { kind: 'rows', every: 2 } },
      accumulation: 'retracting',
    },
  },
  last3: {
    type: 'window',
    config: {
      window: { kind: 'count', size: 3, slide: 1 },
      keys: ['k'],
      aggregates: [{ function: 'avg', of: 'x', as: 'average' }],
    },
  },
  panes: {
    type: 'window',
    config: {
      window: { kind: 'global' },
      keys: ['tags'],
      aggregates: [COUNT, TOTAL],
      trigger: { early: { kind: 'event-time', every: '1 s' } },
      accumulation: 'discarding',
    },
  },
  // By the clock: which rows meet in a window is not to be known, but each is in one.
  clock: {
    type: 'window',
    config: {
      window: { kind: 'tumbling', size: '100 ms' },
      time: 'processing',
      keys: ['k'],
      aggregates: [COUNT, TOTAL],
    },
  },
  soon: {
    type: 'window',
    config: {
      window: { kind: 'tumbling', size: '20 s' },
      keys: ['k'],
      aggregates: [COUNT, TOTAL],
      trigger: { early: { kind: 'delay', after: '60 ms' } },
      accumulation: 'discarding',
    },
  },
};

const keyed: Nodes = {
  totals: {
    type: 'group-aggregate',
    config: {
      keys: ['k'],
      aggregates: [
        COUNT,
        TOTAL,
        { function: 'avg', of: 'x', as: 'mean' },
        { function: 'stddev-pop', of: 'x', as: 'spread' },
        { function: 'count', of: 'n', distinct: true, as: 'different' },
        { function: 'approx-count-distinct', of: 'id', as: 'about' },
        { function: 'min', of: 'x', as: 'least' },
        { function: 'first', of: 'id', as: 'oldest' },
      ],
    },
  },
  // Of a table: every change takes something back.
  counts: {
    type: 'group-aggregate',
    config: {
      keys: ['different'],
      aggregates: [
        COUNT,
        { function: 'max', of: 'total', as: 'most' },
        { function: 'min', of: 'oldest', as: 'oldest' },
        { function: 'sum', of: 'about', as: 'about' },
      ],
    },
  },
  over: {
    type: 'over-aggregate',
    config: {
      keys: ['k'],
      frame: { kind: 'range', preceding: '2 s' },
      aggregates: [
        COUNT,
        TOTAL,
        { function: 'lag', of: 'id', as: 'before' },
        { function: 'rank', as: 'rank' },
      ],
    },
  },
  around: {
    type: 'over-aggregate',
    config: {
      keys: ['k'],
      frame: { kind: 'session', gap: '250 ms' },
      aggregates: [COUNT, { function: 'lead', of: 'id', as: 'following' }],
    },
  },
  assigned: { type: 'assign-windows', config: { window: { kind: 'hopping', size: '4 s', slide: '2 s' } } },
  visits: { type: 'assign-windows', config: { window: { kind: 'session', gap: '200 ms', keys: ['k'] } } },
  best: {
    type: 'top-n',
    config: {
      n: 3,
      keys: ['window_start', 'k'],
      orderBy: [{ field: 'x', direction: 'desc' }],
      results: { kind: 'window' },
      as: 'rank',
    },
  },
  leaders: { type: 'top-n', config: { n: 5, keys: ['tags'], orderBy: [{ field: 'x' }], as: 'rank' } },
  latest: {
    type: 'dedup',
    config: {
      keys: ['k', 'window_start'],
      keep: 'last',
      by: { kind: 'event-time' },
      results: { kind: 'window' },
    },
  },
  firsts: {
    type: 'dedup',
    config: { keys: ['k', 'n'], keep: 'first', by: { kind: 'event-time' }, results: { kind: 'final' } },
  },
  current: { type: 'dedup', config: { keys: ['k'], keep: 'last' } },
  combinations: { type: 'distinct', config: { fields: ['k', 'n', 'tags'] } },
  sorted: { type: 'sort', config: { thenBy: [{ field: 'id' }] } },
  filled: {
    type: 'gap-fill',
    config: {
      every: '150 ms',
      keys: ['k'],
      time: 'at',
      fill: [
        { field: 'x', with: 'interpolate' },
        { field: 'id', with: 'previous' },
      ],
      longest: 20,
    },
  },
  rises: {
    type: 'pattern',
    config: {
      keys: ['k'],
      pattern: 'LOW UP+ DOWN',
      define: [
        { variable: 'UP', when: 'UP.x > LAST(UP.x, 1) OR (LAST(UP.x, 1) IS NULL AND UP.x > LOW.x)' },
        { variable: 'DOWN', when: 'DOWN.x < LAST(UP.x) AND SUM(UP.n) > 3' },
      ],
      within: '3 s',
      after: { kind: 'to-next-row' },
      measures: [
        { of: 'LOW.id', as: 'low' },
        { of: 'COUNT(UP.x)', as: 'ups' },
        { of: 'SUM(UP.n)', as: 'sum' },
        { of: 'DOWN.id', as: 'down' },
      ],
    },
  },
  script: {
    type: 'script',
    config: {
      keys: ['k'],
      code: `function onRecord({ id, n }, { state, eventTime, setTimer }) {
        if (n === null) throw new Error('no n');
        state.sum = (state.sum ?? 0) + n;
        state.ids = [...(state.ids ?? []), id].slice(-3);
        if (n > 15) setTimer(eventTime + 700);
        if (n > 5) return { what: 'record', id, sum: state.sum };
      }
      function onTimer(time, { state }) {
        return { what: 'timer ' + state.ids.join(), id: time, sum: state.sum };
      }`,
      schema: [
        { name: 'what', type: 'STRING' },
        { name: 'id', type: 'BIGINT' },
        { name: 'sum', type: 'BIGINT' },
      ],
    },
  },
};

const without: Nodes = {
  parts: {
    type: 'route',
    config: {
      routes: [
        { name: 'many', condition: 'n > 10' },
        { name: 'some', condition: 'n > 3' },
      ],
    },
  },
  tagged: { type: 'flatten', config: { array: "SPLIT(tags, ',')", as: 'tag', position: 'place' } },
  cities: {
    type: 'lookup-join',
    config: {
      join: 'left',
      table: {
        kind: 'rows',
        schema: [
          { name: 'code', type: 'STRING' },
          { name: 'city', type: 'STRING' },
        ],
        rows: Array.from({ length: 6 }, (_, n) => ({ code: `k${n}`, city: `City ${n}` })),
      },
      on: [{ left: 'k', right: 'code' }],
    },
  },
  both: { type: 'union', config: {} },
  perCity: {
    type: 'window',
    config: { window: { kind: 'tumbling', size: '3 s' }, keys: ['city'], aggregates: [COUNT, TOTAL] },
  },
  failures: { type: 'map', config: { keep: ['code', 'raw'] } },
};

const from = (source: string, ...to: string[]): Edges => to.map((node) => ({ from: source, to: node }));

export const ORDERS: Branches = {
  nodes: { ...windows, ...keyed, ...without },
  edges: [
    ...from(
      'orders:out',
      ...Object.keys(windows),
      'totals',
      'over',
      'around',
      'assigned',
      'visits',
      'leaders',
    ),
    ...from('orders:out', 'firsts', 'current', 'combinations', 'sorted', 'rises', 'script', 'tagged'),
    ...from('orders:out', 'filled'),
    ...from('totals:out', 'counts'),
    ...from('assigned:out', 'best'),
    ...from('visits:out', 'latest'),
    // In order, none is late any more: of two ways to one union, which is ahead is for the size of batches to say.
    ...from('sorted:out', 'parts'),
    ...from('parts:many', 'both'),
    ...from('parts:some', 'both'),
    ...from('both:out', 'cities'),
    ...from('cities:out', 'perCity'),
    ...from('script:errors', 'failures'),
  ],
  sinks: {
    'orders:out': 'rows',
    // With several workers, the watermark that ends a window may be the one that ends its lateness too.
    'tumbling:out': { without: ['pane_last'] },
    'tumbling:late': 'rows',
    'hopping:out': 'rows',
    'cumulating:out': 'rows',
    'sessions:out': 'rows',
    'last3:out': 'rows',
    'panes:out': 'rows',
    'clock:out': { sums: ['c', 'total'] },
    'soon:out': { sums: ['c', 'total'] },
    'totals:out': 'rows',
    // What was counted in between hangs on which key of the table below changed first.
    'counts:out': 'table',
    'over:out': 'rows',
    'around:out': 'rows',
    'best:out': 'rows',
    'leaders:out': 'rows',
    'latest:out': 'rows',
    'firsts:out': 'rows',
    'current:out': 'rows',
    'combinations:out': 'rows',
    'sorted:out': 'rows',
    'filled:out': 'rows',
    'rises:out': 'rows',
    'rises:late': 'rows',
    'script:out': 'rows',
    'failures:out': 'rows',
    'parts:else': 'rows',
    'tagged:out': 'rows',
    'perCity:out': 'rows',
  },
};
