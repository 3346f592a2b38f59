/**
 * Runs the tests that a document carries (`weir test`): each source gives the rows of the test in place of its data, with its own
 * event time and watermark strategy, and what the sinks get is compared. The clock is virtual: a test takes no time to wait.
 */
import type { DocumentTest, GraphDocument } from '../contract/document.ts';
import { nearest, type Problem, problem, showValue, WeirError } from '../contract/problems.ts';
import type { EdgeSchema } from '../contract/types.ts';
import { checkGraph } from '../plan/check.ts';
import type { CheckedGraph } from '../plan/graph.ts';
import { type CapturedRow, CHANGE_FIELD, standing } from '../runtime/captured.ts';
import { VirtualClock } from '../runtime/clock.ts';
import { runLocally } from '../runtime/local.ts';
import { RUNTIMES } from '../runtimes.ts';
import { isoRow, sameBag } from './rows.ts';
import { rowsSource } from './rows-source.ts';

export interface SinkDifference {
  readonly sink: string;
  /** Whether the rows at the end are meant, or every row. */
  readonly what: 'rows' | 'table';
  readonly missing: readonly CapturedRow[];
  readonly unexpected: readonly CapturedRow[];
  /** All rows are right, but not in this order. */
  readonly misordered: boolean;
}

export interface TestOutcome {
  readonly name: string;
  readonly passed: boolean;
  readonly differences: readonly SinkDifference[];
  /** Why it could not be run, or failed on the way. */
  readonly problems: readonly Problem[];
}

export async function runDocumentTests(document: GraphDocument, baseDir: string): Promise<TestOutcome[]> {
  const outcomes: TestOutcome[] = [];
  const graph = checkGraph(document);
  for (const [at, test] of (document.tests ?? []).entries()) {
    outcomes.push(await runOne(document, graph, test, at, baseDir));
  }
  return outcomes;
}

async function runOne(
  document: GraphDocument,
  graph: CheckedGraph,
  test: DocumentTest,
  at: number,
  baseDir: string,
): Promise<TestOutcome> {
  const wrong = checkNames(graph, test, at);
  if (wrong.length > 0) return { name: test.name, passed: false, differences: [], problems: wrong };
  try {
    const result = await runLocally(document, {
      baseDir,
      clock: new VirtualClock(0),
      runtimes: { ...RUNTIMES, sources: rowsSource(Object.keys(RUNTIMES.sources), test.input, at) },
    });
    const differences = [
      ...compare(graph, test.expected ?? {}, result.rows, 'rows', test.order === 'exact'),
      ...compare(graph, test.tables ?? {}, result.rows, 'table', false),
    ];
    const passed = differences.length === 0 && result.problems.length === 0;
    return { name: test.name, passed, differences, problems: result.problems };
  } catch (error) {
    if (!(error instanceof WeirError)) throw error;
    return { name: test.name, passed: false, differences: [], problems: [error.problem] };
  }
}

function checkNames(graph: CheckedGraph, test: DocumentTest, at: number): Problem[] {
  const of = (kind: 'source' | 'sink'): string[] =>
    [...graph.nodes.values()].filter((n) => n.spec.kind === kind).map((n) => n.id);
  const check = (part: 'input' | 'expected' | 'tables', kind: 'source' | 'sink'): Problem[] =>
    Object.keys(test[part] ?? {}).flatMap((id) => {
      const known = of(kind);
      if (known.includes(id)) return [];
      const near = nearest(id, known);
      return [
        problem('S-VALUE', {
          path: ['tests', at, part, id],
          message: `The test names ${showValue(id)}, which is no ${kind} of this document.`,
          value: showValue(id),
          expected: `one of ${known.join(', ')}${near === null ? '' : ` (nearest: ${near})`}`,
          next: 'Correct the id.',
        }),
      ];
    });
  const found = [...check('input', 'source'), ...check('expected', 'sink'), ...check('tables', 'sink')];
  if (test.expected === undefined && test.tables === undefined) {
    found.push(
      problem('S-VALUE', {
        path: ['tests', at],
        message: 'The test expects nothing, so it could not fail.',
        expected: 'the rows of at least one sink, under "expected" or "tables"',
        next: 'Write down what the sinks must get.',
      }),
    );
  }
  return found;
}

function compare(
  graph: CheckedGraph,
  expected: Readonly<Record<string, readonly CapturedRow[]>>,
  actual: Readonly<Record<string, readonly CapturedRow[]>>,
  what: SinkDifference['what'],
  exact: boolean,
): SinkDifference[] {
  return Object.entries(expected).flatMap(([sink, wanted]) => {
    const schema = graph.nodes.get(sink)?.inputs['in']?.[0];
    const came = (what === 'table' ? standing(actual[sink] ?? []) : (actual[sink] ?? [])).map((row) =>
      isoRow(row, schema),
    );
    const complete = wanted.map((row) => completed(row, schema, what));
    const { missing, unexpected } = sameBag(complete, came);
    const misordered =
      exact && missing.length + unexpected.length === 0 && JSON.stringify(complete) !== JSON.stringify(came);
    return missing.length + unexpected.length > 0 || misordered
      ? [{ sink, what, missing, unexpected, misordered }]
      : [];
  });
}

/** An expected row in the order of the fields; a field that is left out is NULL, a change that is left out an insert. */
function completed(
  row: CapturedRow,
  schema: EdgeSchema | undefined,
  what: SinkDifference['what'],
): CapturedRow {
  const names = schema?.fields.map((f) => f.name) ?? [];
  const strangers = Object.keys(row).filter((name) => !names.includes(name) && name !== CHANGE_FIELD);
  const hasChange = schema?.changelog === 'updating' && what === 'rows';
  return {
    ...(hasChange ? { [CHANGE_FIELD]: row[CHANGE_FIELD] ?? '+I' } : {}),
    ...Object.fromEntries([...names, ...strangers].map((name) => [name, row[name] ?? null])),
  };
}
