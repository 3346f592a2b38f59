import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openPositions, PositionLog } from './position-log.ts';

describe('positions written before their rows are passed on', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'weir-positions-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const written = (...entries: unknown[]): void => {
    const log = new PositionLog(folder);
    for (const entry of entries) log.write('ids', entry);
    log.close();
  };
  const read = (source = 'ids'): unknown => {
    const log = new PositionLog(folder);
    try {
      return log.read(source);
    } finally {
      log.close();
    }
  };

  test('the last one of each source comes back, whatever its size', () => {
    assert.equal(read(), null);
    for (const at of [1, 2, 3]) {
      const entry = {
        position: { at, given: Array.from({ length: 40 - at * 10 }, () => at) },
        newest: -Infinity,
      };
      written(entry);
      assert.deepEqual(read(), entry);
      assert.equal(read('others'), null);
    }
  });

  test('an entry that was cut off, or is not what was written, gives way to the one before', () => {
    const files = (): string[] =>
      readdirSync(join(folder, 'positions'))
        .filter((name) => name.startsWith('ids'))
        .map((name) => join(folder, 'positions', name));
    for (let harm = 0; harm < 6; harm++) {
      written({ at: `older ${harm}` });
      const older = files().map((file) => readFileSync(file));
      written({ at: `newer ${harm}` });
      const newest = files().find((file, i) => !readFileSync(file).equals(older[i] ?? Buffer.alloc(0)));
      assert.ok(newest !== undefined);
      const bytes = readFileSync(newest);
      if (harm === 0) truncateSync(newest, 0);
      else if (harm === 1) truncateSync(newest, 10);
      else if (harm === 2) truncateSync(newest, bytes.readUInt32LE(8) + 15);
      else {
        // In the number, the length and the body.
        const at = [0, 8, 20][harm - 3] ?? 0;
        bytes[at] = (bytes[at] ?? 0) ^ 4;
        writeFileSync(newest, bytes);
      }
      assert.deepEqual(read(), { at: `older ${harm}` });
    }
  });

  test('modes that read sources again, and runs that begin anew, forget them', () => {
    for (const [mode, goesOn, kept] of [
      ['at-most-once', true, true],
      ['at-most-once', false, false],
      ['exactly-once', true, false],
      ['at-least-once', false, false],
    ] as const) {
      written({ at: mode });
      openPositions(folder, mode, goesOn)?.close();
      assert.deepEqual(read(), kept ? { at: mode } : null, `${mode} ${goesOn}`);
    }
  });
});
