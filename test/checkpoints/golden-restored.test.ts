/**
 * Golden pipelines with checkpoints: undisturbed, dying again and again, and dying once at every poll. What sinks made visible must be what
 * the plain run gives, every row once. Restored on other numbers of workers: `test/parallel/restored.test.ts`.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import type { GraphDocument } from '../../engine/contract/document.ts';
import { parseDocument } from '../../engine/contract/parse.ts';
import type { CapturedRow } from '../../engine/runtime/captured.ts';
import { VirtualClock } from '../../engine/runtime/clock.ts';
import { runLocally } from '../../engine/runtime/local.ts';
import { rowKey } from '../../engine/testing/rows.ts';
import { runWithCrashes } from './restored-run.ts';

const GOLDEN = join(import.meta.dirname, '..', 'golden');
/** By run, the poll at which it dies. */
const DEATHS: readonly (readonly number[])[] = [[], [1, 1, 1], [2, 3, 2, 5], [7], [4, 1, 4, 1]];
/** Up to here every poll has its death; later ones, of which few pipelines have any, in growing steps. */
const EVERY_POLL_TO = 24;

const names = globSync('*.weir', { cwd: GOLDEN })
  .map((path) => basename(path, '.weir'))
  .sort();

for (const name of names) {
  test(`restored: ${name}`, async () => {
    const document = load(name);
    const plain = await runLocally(document, { batchRows: 1, clock: new VirtualClock(0), baseDir: GOLDEN });
    const survives = async (crashAfter: readonly number[]): Promise<number> => {
      const { rows, summary, crashes } = await runWithCrashes(document, {
        baseDir: GOLDEN,
        batchRows: 1,
        crashAfter,
      });
      for (const [sink, expected] of Object.entries(plain.rows)) {
        assert.deepEqual(bag(rows[sink] ?? []), bag(expected), `${sink}, dying at ${crashAfter.join(', ')}`);
      }
      const counts = (nodes: typeof summary.nodes): unknown =>
        nodes.map(({ node, recordsIn, recordsOut, late, deadLetters, filtered }) => ({
          node,
          recordsIn,
          recordsOut,
          late,
          deadLetters,
          filtered,
        }));
      assert.deepEqual(
        counts(summary.nodes),
        counts(plain.summary.nodes),
        `dying at ${crashAfter.join(', ')}`,
      );
      return crashes;
    };
    for (const crashAfter of DEATHS) await survives(crashAfter);
    let polls = 0;
    for (let poll = 1; (await survives([poll])) > 0; poll += poll < EVERY_POLL_TO ? 1 : poll) polls++;
    assert.ok(polls > 0, 'it never died');
  });
}

const bag = (rows: readonly CapturedRow[]): string[] => rows.map(rowKey).sort();

function load(name: string): GraphDocument {
  const parsed = parseDocument(readFileSync(join(GOLDEN, `${name}.weir`), 'utf8'));
  assert.ok(parsed.ok, `${name}.weir`);
  return parsed.value;
}
