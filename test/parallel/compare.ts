/** What a pipeline must give at any parallelism: bags of rows, and of updating streams the table that stands at the end. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { GraphDocument } from '../../engine/contract/document.ts';
import type { RunSummary } from '../../engine/contract/link.ts';
import { parseDocument } from '../../engine/contract/parse.ts';
import { above } from '../../engine/plan/above.ts';
import { checkGraph } from '../../engine/plan/check.ts';
import type { CheckedGraph } from '../../engine/plan/graph.ts';
import { type CapturedRow, standing } from '../../engine/runtime/captured.ts';
import { rowKey } from '../../engine/testing/rows.ts';

export const GOLDEN = join(import.meta.dirname, '..', 'golden');

/** Their results hang on the order in which rows of different keys arrive, and without event time nothing says what that is. */
const BY_ARRIVAL: Readonly<Record<string, string>> = {
  'distinct-then-count': 'LISTAGG over what DISTINCT gives on several workers',
};

/** Those whose results are the same at any parallelism. */
export const goldenNames = (): string[] =>
  globSync('*.weir', { cwd: GOLDEN })
    .map((path) => basename(path, '.weir'))
    .filter((name) => !Object.hasOwn(BY_ARRIVAL, name))
    .sort();

export function loadGolden(name: string): GraphDocument {
  const parsed = parseDocument(readFileSync(join(GOLDEN, `${name}.weir`), 'utf8'));
  assert.ok(parsed.ok, `${name}.weir`);
  return parsed.value;
}

export const withSettings = (
  document: GraphDocument,
  settings: NonNullable<GraphDocument['settings']>,
): GraphDocument => ({ ...document, settings: { ...document.settings, ...settings } });

export interface Result {
  readonly rows: Readonly<Record<string, readonly CapturedRow[]>>;
  readonly summary: RunSummary;
}

export function assertSame(document: GraphDocument, actual: Result, expected: Result, what: string): void {
  const graph = checkGraph(document);
  assert.deepEqual(Object.keys(actual.rows).sort(), Object.keys(expected.rows).sort(), what);
  for (const [sink, rows] of Object.entries(expected.rows)) {
    const isTable = isUpdating(graph, sink);
    const bag = (some: readonly CapturedRow[]): string[] =>
      (isTable ? standing(some) : some).map(rowKey).sort();
    assert.deepEqual(bag(actual.rows[sink] ?? []), bag(rows), `${sink}, ${what}`);
  }
  assert.deepEqual(counts(graph, actual.summary), counts(graph, expected.summary), what);
}

const isUpdating = (graph: CheckedGraph, node: string): boolean =>
  Object.values(graph.nodes.get(node)?.inputs ?? {}).some((all) =>
    all.some((s) => s.changelog === 'updating'),
  );

/**
 * Below an updating stream the steps on the way to the table that stands hang on what is said first: only sums above are
 * equal, and inputs and outputs where nothing updates.
 */
function counts(graph: CheckedGraph, { nodes }: RunSummary): unknown {
  return nodes
    .filter(
      ({ node }) => !isUpdating(graph, node) && !above(graph, node).some((n) => isUpdating(graph, n.id)),
    )
    .map(({ node, recordsIn, recordsOut, late, deadLetters, filtered, committed, watermark }) => {
      const updates = Object.values(graph.nodes.get(node)?.outputs ?? {}).some(
        (s) => s?.changelog === 'updating',
      );
      return {
        node,
        recordsIn,
        late,
        deadLetters,
        filtered,
        committed,
        watermark,
        ...(updates ? {} : { recordsOut }),
      };
    });
}
