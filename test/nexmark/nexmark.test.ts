/** Nexmark's queries as documents, run over files of events, against rows that plain loops computed. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { parseDocument } from '../../engine/contract/parse.ts';
import { standing } from '../../engine/runtime/captured.ts';
import { VirtualClock } from '../../engine/runtime/clock.ts';
import { runLocally } from '../../engine/runtime/local.ts';
import { rowKey, sameBag } from '../../engine/testing/rows.ts';
import { makeEvents } from './data.ts';
import { COMPARED, EXPECTED, type Row } from './expected.ts';

const HERE = import.meta.dirname;
const events = makeEvents();

/**
 * Not as documents: q6 averages over a result that is updated (Flink refuses its OVER too), and q10 writes a log to partitions of files,
 * which is the sink's business and not a query's.
 */
const WITHOUT_DOCUMENT = ['q6', 'q10'];

test('the files hold the events that the rows are computed from', () => {
  for (const [name, rows] of Object.entries(events)) {
    const text = readFileSync(join(HERE, 'data', `${name}.ndjson`), 'utf8').trimEnd();
    assert.equal(
      text,
      rows.map((row: unknown) => JSON.stringify(row)).join('\n'),
      `node test/nexmark/data.ts writes ${name} anew`,
    );
  }
});

test('every query from q0 to q22 has a document', () => {
  const documents = globSync('*.weir', { cwd: HERE }).map((path) => basename(path, '.weir'));
  const all = Array.from({ length: 23 }, (_, n) => `q${n}`).filter((q) => !WITHOUT_DOCUMENT.includes(q));
  assert.deepEqual(documents.sort(), all.sort());
  assert.deepEqual(Object.keys(EXPECTED).sort(), all.sort());
});

for (const [query, expected] of Object.entries(EXPECTED)) {
  for (const batchRows of [7, 1024]) {
    test(`nexmark ${query} at batches of ${batchRows}`, async () => {
      const parsed = parseDocument(readFileSync(join(HERE, `${query}.weir`), 'utf8'));
      assert.ok(parsed.ok, JSON.stringify(parsed));
      const { rows, summary, problems } = await runLocally(parsed.value, {
        baseDir: HERE,
        batchRows,
        clock: new VirtualClock(0),
      });
      assert.deepEqual([summary.outcome, problems], ['finished', []]);
      const wanted = expected(events);
      assert.ok(wanted.length > 0, 'a query without rows shows nothing');
      const came = standing(rows['out'] ?? []);
      const { missing, unexpected } = sameBag(wanted as Row[], COMPARED[query]?.(came) ?? came);
      assert.deepEqual(
        [missing.length, unexpected.length],
        [0, 0],
        `missing ${missing.slice(0, 3).map(rowKey).join('\n')}\nunexpected ${unexpected.slice(0, 3).map(rowKey).join('\n')}`,
      );
    });
  }
}
