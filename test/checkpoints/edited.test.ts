/** Each kind of edit between a savepoint and the run that goes on from it: what the two give together, what is refused and how, what is given up. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { GraphDocument } from '../../engine/contract/document.ts';
import { parseDocument } from '../../engine/contract/parse.ts';
import { type Problem, printPath, WeirError } from '../../engine/contract/problems.ts';
import type { CapturedRow } from '../../engine/runtime/captured.ts';
import { type EditedRun, runEdited } from './edited-run.ts';

type Nodes = Readonly<Record<string, { readonly type: string; readonly config?: object }>>;

const ROWS = 60;

/** `at` rises by a second a row; `n` is the number of the row; `k` alternates. */
const source = (more: object = {}): { type: string; config: object } => ({
  type: 'generator',
  config: {
    data: {
      kind: 'rows',
      schema: [
        { name: 'at', type: 'TIMESTAMP' },
        { name: 'n', type: 'INT' },
        { name: 'k', type: 'STRING' },
      ],
      rows: Array.from({ length: ROWS }, (_, n) => ({
        at: new Date(n * 1000).toISOString(),
        n,
        k: n % 2 === 0 ? 'even' : 'odd',
      })),
    },
    time: { field: 'at', watermark: { kind: 'bounded', delay: '2 s' } },
    ...more,
  },
});

const tumbling = (more: object = {}): { type: string; config: object } => ({
  type: 'window',
  config: {
    window: { kind: 'tumbling', size: '10 s' },
    aggregates: [
      { function: 'count', as: 'c' },
      { function: 'sum', of: 'n', as: 's' },
    ],
    ...more,
  },
});
const filter = (condition: string) => ({ type: 'filter', config: { condition } });
const table = { type: 'table', config: {} };

function documentOf(nodes: Nodes, ...edges: string[]): GraphDocument {
  const parsed = parseDocument(
    JSON.stringify({
      weir: 1,
      nodes,
      edges: edges.map((edge) => {
        const [from, to] = edge.split(' ');
        return { from, to };
      }),
    }),
  );
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.value;
}

const windowed = (window: object = tumbling()): GraphDocument =>
  documentOf({ in: source(), w: window as Nodes[string], out: table }, 'in w', 'w:out out');

async function refused(work: Promise<unknown>): Promise<readonly Problem[]> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof WeirError)) throw error;
    for (const { code } of error.problems) assert.equal(code, 'K-STATE');
    return error.problems;
  }
  assert.fail('it was not refused');
}

/** Of all windows of ten rows, what rows of the source that pass `holds` give. */
function windowsOf(holds: (n: number) => boolean): [number, number][] {
  const found: [number, number][] = [];
  for (let from = 0; from < ROWS; from += 10) {
    const inside = Array.from({ length: 10 }, (_, i) => from + i).filter(holds);
    if (inside.length > 0) found.push([inside.length, inside.reduce((a, b) => a + b, 0)]);
  }
  return found;
}
const pairs = ({ rows }: EditedRun, sink = 'out'): unknown[] =>
  (rows[sink] ?? []).map((row) => [row['c'], row['s']]);

describe('a run that goes on from a savepoint with another graph', () => {
  test('without a change it gives what one run gives', async () => {
    const run = await runEdited({ before: windowed(), after: windowed(), polls: 7 });
    assert.ok((run.cut['in'] ?? 0) > 3 && (run.cut['in'] ?? 0) < ROWS - 10);
    assert.deepEqual(
      pairs(run),
      windowsOf(() => true),
    );
    assert.equal(run.summary.recordsRead, ROWS);
  });

  test('a filter that comes, changes and goes counts for the records after it', async () => {
    const filtered = (condition: string): GraphDocument =>
      documentOf(
        { in: source(), f: filter(condition), w: tumbling() as Nodes[string], out: table },
        'in f',
        'f:out w',
        'w:out out',
      );
    const even = filtered('MOD(n, 2) = 0');
    const comes = await runEdited({ before: windowed(), after: even, polls: 8 });
    const cut = comes.cut['in'] ?? 0;
    assert.ok(cut % 10 !== 0, 'a window must be open');
    assert.deepEqual(
      pairs(comes),
      windowsOf((n) => n < cut || n % 2 === 0),
    );
    const goes = await runEdited({ before: even, after: windowed(), polls: 8 });
    assert.deepEqual(
      pairs(goes),
      windowsOf((n) => n >= cut || n % 2 === 0),
    );
    const changes = await runEdited({ before: even, after: filtered('MOD(n, 2) = 1'), polls: 8 });
    assert.deepEqual(
      pairs(changes),
      windowsOf((n) => (n < cut ? n % 2 === 0 : n % 2 === 1)),
    );
  });

  test('settings that the state does not hold: watermark, rate, lateness; fields that a window does not use', async () => {
    const after = documentOf(
      {
        in: source({ rate: 1_000_000, time: { field: 'at', watermark: { kind: 'bounded', delay: '7 s' } } }),
        m: { type: 'map', config: { compute: [{ name: 'more', expression: 'n + 1' }] } },
        w: tumbling({ lateness: '3 s' }) as Nodes[string],
        out: table,
      },
      'in m',
      'm:out w',
      'w:out out',
    );
    const run = await runEdited({ before: windowed(tumbling({ lateness: '9 s' })), after, polls: 8 });
    assert.deepEqual(
      pairs(run),
      windowsOf(() => true),
    );
  });

  test('what gives the state another meaning is refused: node, setting, from what to what, how much, and the way out', async () => {
    const after = windowed(tumbling({ window: { kind: 'tumbling', size: '20 s' }, keys: ['k'] }));
    const [problem, ...more] = await refused(runEdited({ before: windowed(), after, polls: 8 }));
    assert.equal(more.length, 0);
    assert.ok(problem !== undefined);
    assert.equal(printPath(problem.path), 'nodes.w.config.window.size');
    assert.match(
      problem.message,
      /^w cannot take over the state that the checkpoint has of it \([\d.]+ k?B\): window\.size was "10 s" and is "20 s"; keys was \[\] and is \["k"\]\.$/,
    );
    assert.deepEqual([problem.value, problem.expected], ['"20 s"', '"10 s"']);
    assert.match(problem.next ?? '', /--drop-state w: .*begins empty/);
  });

  test('lateness that grows is refused: windows that were given up would begin anew', async () => {
    const longer = windowed(tumbling({ lateness: '30 s' }));
    const [problem] = await refused(
      runEdited({ before: windowed(tumbling({ lateness: '9 s' })), after: longer, polls: 8 }),
    );
    assert.match(problem?.message ?? '', /lateness was "9 s" and is "30 s"/);
    assert.match(problem?.expected ?? '', /a shorter time/);
  });

  test('every node that is refused is told, those that are gone or of another type too', async () => {
    const before = documentOf(
      {
        in: source(),
        second: source(),
        w: tumbling() as Nodes[string],
        g: { type: 'group-aggregate', config: { aggregates: [{ function: 'count', as: 'c' }] } },
        out: table,
        out2: table,
      },
      'in w',
      'w:out out',
      'second g',
      'g:out out2',
    );
    const after = documentOf(
      { in: source(), w: { type: 'distinct', config: { fields: ['k'] } }, out: table },
      'in w',
      'w:out out',
    );
    const problems = await refused(runEdited({ before, after, polls: 8 }));
    assert.deepEqual(
      problems.map((p) => [printPath(p.path), p.message.replace(/ \(.*?\)/, '')]),
      [
        [
          'nodes.w',
          'w cannot take over the state that the checkpoint has of it: it was a window and is a distinct.',
        ],
        [
          'nodes.second',
          'second cannot take over the position that the checkpoint has of it: it is not in the graph.',
        ],
        ['nodes.g', 'g cannot take over the state that the checkpoint has of it: it is not in the graph.'],
      ],
    );
    const run = await runEdited({ before, after, polls: 8, drop: ['w', 'second', 'g'] });
    assert.deepEqual(
      rowsOf(run, 'out', (row) => row['k'])
        .slice((run.first['out'] ?? []).length)
        .sort(),
      ['even', 'odd'],
    );
  });

  test('state that is given up: the operator begins empty, the source at its beginning', async () => {
    const keyed = windowed(tumbling({ keys: ['k'] }));
    const run = await runEdited({ before: windowed(), after: keyed, polls: 8, drop: ['w'] });
    const cut = run.cut['in'] ?? 0;
    const counted = (run.rows['out'] ?? []).reduce((sum, row) => sum + Number(row['c']), 0);
    const open = cut - (run.first['out'] ?? []).reduce((sum, row) => sum + Number(row['c']), 0);
    assert.ok(open > 0);
    assert.equal(counted, ROWS - open, 'what was open at the cut is not counted, all else is');

    const total = documentOf(
      {
        in: source(),
        g: { type: 'group-aggregate', config: { aggregates: [{ function: 'count', as: 'c' }] } },
        out: table,
      },
      'in g',
      'g:out out',
    );
    const again = await runEdited({ before: total, after: total, polls: 8, drop: ['in'] });
    const last = (again.rows['out'] ?? []).at(-1);
    assert.equal(last?.['c'], (again.cut['in'] ?? 0) + ROWS, 'all records once more');
  });

  test('a name that has nothing to give up is refused, with the nearest', async () => {
    for (const [name, next] of [
      ['ww', 'Did you mean w?'],
      ['out', 'Leave the name out.'],
    ] as const) {
      const [problem] = await refused(
        runEdited({ before: windowed(), after: windowed(), polls: 8, drop: [name] }),
      );
      assert.match(problem?.message ?? '', /no state of a node of this name/);
      assert.deepEqual(problem?.path, ['checkpoints', 'drop', 0]);
      assert.equal(problem?.next, next);
    }
  });

  test('a branch that comes counts from then on, also where its source has ended', async () => {
    const more = documentOf(
      {
        in: source(),
        w: tumbling() as Nodes[string],
        out: table,
        v: tumbling() as Nodes[string],
        out2: table,
      },
      'in w',
      'w:out out',
      'in v',
      'v:out out2',
    );
    const run = await runEdited({ before: windowed(), after: more, polls: 8 });
    const cut = run.cut['in'] ?? 0;
    assert.deepEqual(
      pairs(run),
      windowsOf(() => true),
    );
    assert.deepEqual(
      pairs(run, 'out2'),
      windowsOf((n) => n >= cut),
    );
  });
});

/** Two sources into a union, then a window: the second is far behind the first, and so holds the watermark. */
describe('a union', () => {
  const fast = source();
  const slow = {
    type: 'generator',
    config: { ...source().config, rate: 10 },
  };
  const merged = (edges: readonly string[], nodes: Nodes): GraphDocument =>
    documentOf(
      { ...nodes, u: { type: 'union', config: {} }, w: tumbling() as Nodes[string], out: table },
      ...edges,
      'u:out w',
      'w:out out',
    );
  const both = merged(['a u', 'b u'], { a: fast, b: slow });
  const counts = ({ rows }: EditedRun): number[] => (rows['out'] ?? []).map((row) => Number(row['c']));

  test('matches the watermarks of its inputs by edge, not by place', async () => {
    const turned = merged(['b u', 'a u'], { a: fast, b: slow });
    const run = await runEdited({ before: both, after: turned, polls: 12 });
    assert.deepEqual(counts(run), [20, 20, 20, 20, 20, 20]);
  });

  test('goes on when the input goes that held its watermark, also at its end', async () => {
    const alone = merged(['a u'], { a: fast });
    const run = await runEdited({ before: both, after: alone, polls: 12, drop: ['b'] });
    const cut = run.cut['b'] ?? 0;
    assert.equal(
      counts(run).reduce((a, b) => a + b, 0),
      ROWS + cut,
    );
  });

  test('waits for an input that comes, from where that stands', async () => {
    const three = merged(['a u', 'b u', 'c u'], { a: fast, b: slow, c: source({ rate: 20 }) });
    const run = await runEdited({ before: both, after: three, polls: 12 });
    assert.equal(
      counts(run).reduce((a, b) => a + b, 0),
      3 * ROWS,
    );
  });

  test('an input that goes through a new filter is a new edge, which knows where its source stands', async () => {
    const through = merged(['a f', 'f:out u', 'b u'], { a: fast, b: slow, f: filter('n >= 0') });
    for (const polls of [12, 60]) {
      const run = await runEdited({ before: both, after: through, polls });
      assert.deepEqual(counts(run), [20, 20, 20, 20, 20, 20], `${polls} polls`);
    }
  });
});

const rowsOf = <T>({ rows }: EditedRun, sink: string, of: (row: CapturedRow) => T): T[] =>
  (rows[sink] ?? []).map(of);
