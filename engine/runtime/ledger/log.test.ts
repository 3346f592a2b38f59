import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { random } from '../random.ts';
import { Books, type LedgerEvent } from './books.ts';
import { LedgerLog } from './log.ts';
import { MemoryLogDisk } from './memory-disk.ts';

const PLAN = {
  field: 'id',
  sinks: [
    { sink: 'out', source: 'ids', holds: false },
    { sink: 'shows', source: 'ids', holds: false },
  ],
};
const FOLDER = '/state';
const PATH = join(FOLDER, 'ledger.ndjson');
const BYTES_LEAST = 2000;

/** What a run of many checkpoints tells: each shows all but the last rows, and some are gone back to. */
function* events(checkpoints: number, drops: boolean, rows = 5): Generator<LedgerEvent> {
  let [next, shown] = [0, 0];
  for (let id = 1; id <= checkpoints; id++) {
    const [from, to] = [next, next + rows - 1];
    yield ['given', 'ids', [from, to]];
    const isDropped = drops && id % 3 === 0;
    if (isDropped) yield ['dropped', 'shows', [from, from]];
    yield ['delivered', 'shows', [isDropped ? from + 1 : from, to]];
    yield ['barrier', id];
    yield ['wrote', 'out', id, [to, [from, to - 1]]];
    next += rows;
    yield ['showing', 'out', id, { files: [`ids-${id}`] }];
    shown = next - 2;
    yield ['shown', 'out', shown];
    if (id % 7 === 0) yield ['resumed', id, id % 2 === 0, []];
  }
  yield ['shown', 'out', next];
  yield ['finished'];
}

const said = (books: Books): string => JSON.stringify(books.data());

/** As a ledger does. */
class Kept {
  readonly books = new Books(PLAN, true);
  readonly #log: LedgerLog;
  compactions = 0;

  constructor(disk: MemoryLogDisk) {
    const options = { goesOn: true, disk, bytesLeast: BYTES_LEAST };
    this.#log = LedgerLog.open(FOLDER, options, (event) => this.books.apply(event));
  }

  note(event: LedgerEvent): void {
    this.#log.write(event);
    this.books.apply(event);
    if (!this.#log.isWasteful) return;
    this.#log.compact(this.books.data());
    this.compactions++;
  }
}

test('the file gives the same events again, without a line that was cut off', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-ledger-'));
  const told = (goesOn: boolean, ...more: LedgerEvent[]): LedgerEvent[] => {
    const all: LedgerEvent[] = [];
    const log = LedgerLog.open(folder, { goesOn }, (event) => all.push(event));
    for (const event of more) log.write(event);
    log.close();
    return all;
  };
  try {
    assert.deepEqual(told(true, ['barrier', 1], ['given', 'ids', [0, 1]]), []);
    appendFileSync(join(folder, 'ledger.ndjson'), '["given","ids",[2,');
    assert.deepEqual(told(true, ['barrier', 2]), [
      ['barrier', 1],
      ['given', 'ids', [0, 1]],
    ]);
    assert.deepEqual(told(true).at(-1), ['barrier', 2]);
    const log = LedgerLog.open(folder, { goesOn: true }, () => {});
    const books = new Books(PLAN, true).data();
    log.compact(books);
    log.write(['barrier', 3]);
    log.close();
    assert.deepEqual(told(true), [
      ['books', books],
      ['barrier', 3],
    ]);
    assert.deepEqual(told(false), []);
    assert.deepEqual(told(true), []);
    writeFileSync(join(folder, 'ledger.ndjson'), '');
    assert.deepEqual(told(true), []);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('where it cannot be kept: K-FOLDER', () => {
  assert.throws(
    () => LedgerLog.open(join(tmpdir(), 'weir-missing', 'state'), { goesOn: true }, () => {}),
    (error: unknown) => (error as { problem?: { code: string } }).problem?.code === 'K-FOLDER',
  );
});

describe('the log of many checkpoints', () => {
  test('stays as short as what it says, and says the same', () => {
    const disk = new MemoryLogDisk();
    let kept = new Kept(disk);
    let [compactions, longest, line] = [0, 0, 0];
    let [at, saidBefore] = [0, 0];
    const checkpoints = 9000;
    for (const event of events(checkpoints, false)) {
      kept.note(event);
      line = Math.max(line, JSON.stringify(event).length);
      longest = Math.max(longest, disk.text(PATH).length);
      if (event[0] === 'barrier' && event[1] === checkpoints / 2) saidBefore = said(kept.books).length;
      // A process in between now and then, which reads it.
      if (++at % 9000 !== 0) continue;
      const before = said(kept.books);
      compactions += kept.compactions;
      kept = new Kept(disk);
      assert.equal(said(kept.books), before);
    }
    assert.ok(compactions + kept.compactions > 3);
    const saidNow = said(kept.books).length;
    const most = 4.4 * Math.max(BYTES_LEAST, saidNow) + line + 100;
    assert.ok(longest <= most, `${longest} bytes where ${most} are the most`);
    assert.ok(saidNow < 1.1 * saidBefore, `${saidBefore} bytes after half of it, ${saidNow} after all`);
    const counts = kept.books.counts('out');
    assert.deepEqual(counts, { expected: 45_000, delivered: 45_000, duplicated: 0, lost: 0, inFlight: 0 });
  });

  /** What is said after each number of events, and how many say so first. */
  const all = [...events(60, true)];
  const after = new Map<string, number>();
  const plain = new Books(PLAN, true);
  after.set(said(plain), 0);
  all.forEach((event, at) => {
    plain.apply(event);
    after.set(said(plain), at + 1);
  });

  class Dead extends Error {}
  /** Notes events until the disk does no more. @returns how many were told, and how many stood in it when it was last written anew but one */
  function until(disk: MemoryLogDisk, operation: number): { died: boolean; noted: number; safe: number } {
    let operations = 0;
    disk.before = () => {
      if (++operations > operation) throw new Dead();
    };
    const compacted = [0, 0];
    let noted = 0;
    try {
      const kept = new Kept(disk);
      for (const event of all) {
        const { compactions } = kept;
        kept.note(event);
        noted++;
        if (kept.compactions > compactions) compacted.push(noted);
      }
      return { died: false, noted, safe: 0 };
    } catch {
      return { died: true, noted, safe: compacted.at(-2) ?? 0 };
    } finally {
      disk.before = () => {};
    }
  }

  test('loses nothing where its process dies before any operation on it, or in the middle of a write', () => {
    const draw = random(3);
    for (let operation = 1; ; operation++) {
      const disk = new MemoryLogDisk();
      disk.torn = (length) => Math.floor(draw.next() * (length + 1));
      const { died, noted } = until(disk, operation);
      const found = after.get(said(new Kept(disk).books));
      // One whose write was whole, and which nobody was told of, may be there too.
      assert.ok(
        found === noted || found === noted + 1,
        `${found} of ${noted} events, before operation ${operation}`,
      );
      if (!died) break;
    }
  });

  test('is whole after a power cut at any operation, and not older than when it was last written anew', () => {
    const draw = random(4);
    for (let operation = 1; ; operation++) {
      const disk = new MemoryLogDisk();
      const { died, noted, safe } = until(disk, operation);
      if (!died) break;
      disk.cutPower(() => draw.next());
      const found = after.get(said(new Kept(disk).books));
      assert.ok(
        found !== undefined && found >= safe && found <= noted + 1,
        `${found} of ${safe} to ${noted} events`,
      );
    }
  });
});
