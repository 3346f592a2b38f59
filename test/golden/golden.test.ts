/**
 * Golden pipelines: every `NAME.weir` here runs at three batch sizes, and each sink must get exactly the rows of
 * `NAME.expected.json`. The expected rows are worked out by hand, never copied from a run.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import type { GraphDocument } from '../../engine/contract/document.ts';
import { parseDocument } from '../../engine/contract/parse.ts';
import { checkGraph } from '../../engine/plan/check.ts';
import { type CapturedRow, standing } from '../../engine/runtime/captured.ts';
import { VirtualClock } from '../../engine/runtime/clock.ts';
import { runLocally } from '../../engine/runtime/local.ts';

interface Expected {
  /** `any`: a bag of rows, where the order is not part of the meaning (keys of one firing, inputs of a union). */
  readonly order: 'exact' | 'any';
  /** By sink: only these fields are compared, where the others are wording. */
  readonly fields?: Readonly<Record<string, readonly string[]>>;
  /**
   * By sink, as `captured.ts` writes rows, but times as ISO text. Rows of an updating stream say under `__change` what they do;
   * a sink in `tables` is left out here.
   */
  readonly rows: Readonly<Record<string, readonly CapturedRow[]>>;
  /** By sink of an updating stream, the rows that stand at the end, in any order. */
  readonly tables?: Readonly<Record<string, readonly CapturedRow[]>>;
  /** By node, figures of the summary. */
  readonly nodes?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const HERE = import.meta.dirname;
const BATCH_ROWS = [1, 7, 1024];

const names = globSync('*.weir', { cwd: HERE })
  .map((path) => basename(path, '.weir'))
  .sort();

test('there are golden pipelines', () => {
  assert.ok(names.length >= 10);
});

for (const name of names) {
  test(`golden: ${name}`, async () => {
    const document = load(name);
    const expected = JSON.parse(readFileSync(join(HERE, `${name}.expected.json`), 'utf8')) as Expected;
    for (const batchRows of BATCH_ROWS) await compare(document, expected, batchRows);
  });
}

function load(name: string): GraphDocument {
  const parsed = parseDocument(readFileSync(join(HERE, `${name}.weir`), 'utf8'));
  assert.ok(parsed.ok, `${name}.weir: ${parsed.ok ? '' : JSON.stringify(parsed.problems)}`);
  return parsed.value;
}

async function compare(document: GraphDocument, expected: Expected, batchRows: number): Promise<void> {
  const at = `at batches of ${batchRows}`;
  const result = await runLocally(document, { batchRows, clock: new VirtualClock(0), baseDir: HERE });
  assert.deepEqual([result.summary.outcome, result.problems], ['finished', []], at);
  assert.deepEqual(
    Object.keys(result.rows).sort(),
    Object.keys({ ...expected.rows, ...expected.tables }).sort(),
    'every sink is expected',
  );
  for (const [sink, rows] of Object.entries(expected.rows)) {
    const actual = shown(document, sink, result.rows[sink] ?? []).map((row) =>
      pick(row, expected.fields?.[sink]),
    );
    assert.deepEqual(ordered(actual, expected.order), ordered(rows, expected.order), `${sink} ${at}`);
  }
  for (const [sink, rows] of Object.entries(expected.tables ?? {})) {
    const actual = shown(document, sink, standing(result.rows[sink] ?? []));
    assert.deepEqual(ordered(actual, 'any'), ordered(rows, 'any'), `${sink} ${at}`);
  }
  for (const [node, figures] of Object.entries(expected.nodes ?? {})) {
    const summary: Readonly<Record<string, unknown>> = {
      ...result.summary.nodes.find((n) => n.node === node),
    };
    const same = Object.fromEntries(Object.keys(figures).map((key) => [key, summary[key]]));
    assert.deepEqual(same, figures, `${node} ${at}`);
  }
}

/** Rows as the expected ones are written: times as ISO text. */
function shown(document: GraphDocument, sink: string, rows: readonly CapturedRow[]): CapturedRow[] {
  const fields = checkGraph(document).nodes.get(sink)?.inputs['in']?.[0]?.fields ?? [];
  const times = new Set(fields.filter((f) => f.type.kind === 'TIMESTAMP').map((f) => f.name));
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([key, value]) => [
        key,
        times.has(key) && typeof value === 'number' ? new Date(value).toISOString() : value,
      ]),
    ),
  );
}

function pick(row: CapturedRow, fields: readonly string[] | undefined): CapturedRow {
  return fields === undefined ? row : Object.fromEntries(fields.map((name) => [name, row[name] ?? null]));
}

/** Objects are compared without the order of their keys; rows without theirs where it means nothing. */
function ordered(rows: readonly CapturedRow[], order: Expected['order']): readonly CapturedRow[] {
  const key = (row: CapturedRow): string =>
    JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
  return order === 'exact' ? rows : rows.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}
