/** Whatever happens to the files of checkpoints: the last good one is taken and the others are told, or the run is refused. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { deserialize } from 'node:v8';
import fc from 'fast-check';
import { checksum } from '../../engine/checkpoints/blocks.ts';
import { CHECKPOINT_VERSION, type Part } from '../../engine/checkpoints/format.ts';
import { lockFolder } from '../../engine/checkpoints/lock.ts';
import { takeApart } from '../../engine/checkpoints/pack.ts';
import { CheckpointStore } from '../../engine/checkpoints/store.ts';
import { type ProblemCode, WeirError } from '../../engine/contract/problems.ts';
import { MemoryFiles } from '../../engine/files/memory.ts';
import { random } from '../../engine/runtime/random.ts';

const FOLDER = '/state';

const partsOf = (n: number): Part[] => [
  {
    node: 'counts',
    type: 'window',
    origin: null,
    state: { n, rows: Float64Array.from({ length: 40 }, (_, i) => n * i) },
  },
  { node: 'ids', type: 'generator', origin: null, state: { position: n, text: `ä${n}` } },
];

const TABLE = Uint8Array.from({ length: 320_000 }, (_, i) => i);
/** Beside what changes, some that does not, which is written once; and enough that files are written over. */
const largePartsOf = (n: number): Part[] => [
  ...partsOf(n),
  { node: 'sums', type: 'window', origin: null, state: new Uint8Array(1_200_000).fill(n) },
  {
    node: 'table',
    type: 'join',
    origin: null,
    state: { rows: [TABLE] },
  },
];

/** Arrays by their checksums, for a comparison of a million elements takes a while. */
const same = (found: ReadonlyMap<string, Part>, wanted: readonly Part[]): void =>
  assert.deepEqual([...found.values()].map(digest), wanted.map(digest));

/** The rest as it is: V8 writes equal lists in two ways, by how they came to be. */
const digest = (part: Part): unknown => {
  const [rest, ...arrays] = takeApart(part);
  assert.ok(rest !== undefined);
  return [deserialize(rest.bytes()), arrays.map((piece) => checksum(piece.bytes()))];
};

interface Shelf {
  readonly files: MemoryFiles;
  readonly warnings: string[];
  readonly store: CheckpointStore;
}

async function openShelf(files = new MemoryFiles(), keep = 3): Promise<Shelf> {
  const warnings: string[] = [];
  const store = await CheckpointStore.open(FOLDER, {
    keep,
    warn: (text) => void warnings.push(text),
    files,
    lock: async () => async () => {},
  });
  return { files, warnings, store };
}

async function write(store: CheckpointStore, name: string | null = null, parts = partsOf): Promise<number> {
  const id = store.nextId();
  await store.write({ id, takenAt: 1, name, graph: 'g' }, parts(id), Date.now());
  return id;
}

const path = (id: number, kind: 'state' | 'json'): string =>
  `${FOLDER}/chk-${String(id).padStart(6, '0')}.${kind}`;

async function refused(code: ProblemCode, work: () => Promise<unknown>): Promise<void> {
  await assert.rejects(work, (error) => error instanceof WeirError && error.problem.code === code);
}

/** What may happen to a file on a bad disk; `at` is a share of its length. */
type Damage =
  | { readonly how: 'cut'; readonly at: number }
  | { readonly how: 'flip'; readonly at: number; readonly bit: number }
  | { readonly how: 'gone' };
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({
    how: fc.constant('cut' as const),
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  }),
  fc.record({
    how: fc.constant('flip' as const),
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    bit: fc.integer({ min: 0, max: 7 }),
  }),
  fc.record({ how: fc.constant('gone' as const) }),
);

async function hurt(files: MemoryFiles, file: string, what: Damage): Promise<void> {
  if (what.how === 'gone') return files.remove(file);
  const bytes = Buffer.from(files.bytes(file));
  const at = Math.floor(what.at * bytes.length);
  if (what.how === 'cut') files.put(file, bytes.subarray(0, at));
  else {
    bytes[at] = (bytes[at] as number) ^ (1 << what.bit);
    files.put(file, bytes);
  }
}

describe('checkpoints on a bad disk', () => {
  test('cut, with a bit flipped or gone: what is read is what was written, an older one is taken and it is said', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            fc.integer({ min: 1, max: 3 }),
            fc.constantFrom('state' as const, 'json' as const),
            damage,
          ),
          {
            minLength: 1,
            maxLength: 3,
          },
        ),
        async (damages) => {
          const { files, store, warnings } = await openShelf();
          for (let n = 0; n < 3; n++) await write(store);
          const before = new Map(
            [1, 2, 3].flatMap((id) =>
              [path(id, 'state'), path(id, 'json')].map((p) => [p, Buffer.from(files.bytes(p))]),
            ),
          );
          for (const [id, kind, what] of damages)
            if (files.names(FOLDER).includes(path(id, kind).slice(FOLDER.length + 1)))
              await hurt(files, path(id, kind), what);
          const intact = [3, 2, 1].filter((id) =>
            (['state', 'json'] as const).every((kind) => sameOrBlank(files, path(id, kind), before)),
          );
          const newest = intact[0];
          const completed = [3, 2, 1].filter((id) =>
            files.names(FOLDER).includes(path(id, 'json').slice(FOLDER.length + 1)),
          );
          if (newest === undefined && completed.length > 0) {
            await assert.rejects(store.latest(), WeirError);
            return;
          }
          const found = await store.latest();
          assert.equal(found?.manifest.id, newest);
          if (newest === undefined) return;
          assert.deepEqual([...(found?.parts.values() ?? [])], partsOf(newest));
          assert.equal(warnings.length, completed.filter((id) => id > newest).length, warnings.join('\n'));
        },
      ),
      { numRuns: 400, seed: 5 },
    );
  });

  test('a manifest cut anywhere is none; with any bit flipped it is refused or says the same', async () => {
    const { files, store } = await openShelf();
    await write(store, 'before the change');
    const file = path(1, 'json');
    const whole = Buffer.from(files.bytes(file));
    const { manifest } = await store.read(1);
    for (let length = 0; length < whole.length - 1; length++) {
      files.put(file, whole.subarray(0, length));
      await refused('K-BROKEN', () => store.read(1));
    }
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const flipped = Buffer.from(whole);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      files.put(file, flipped);
      const read = await store.read(1).catch((error: unknown) => {
        assert.ok(
          error instanceof WeirError && /^K-(BROKEN|VERSION)$/.test(error.problem.code),
          String(error),
        );
        return null;
      });
      if (read !== null) assert.deepEqual(read.manifest, manifest);
    }
  });

  test('of a newer Weir: refused with its version, an older one is taken, and it is never removed', async () => {
    const { files, store, warnings } = await openShelf(new MemoryFiles(), 1);
    await write(store);
    await refused('K-BROKEN', () => store.read(2));
    const newer = { weirCheckpoint: CHECKPOINT_VERSION + 1, id: 2, sha256: '' };
    files.put(path(2, 'json'), JSON.stringify(newer));
    await refused('K-VERSION', () => store.read(2));
    assert.equal((await store.latest())?.manifest.id, 1);
    assert.match(warnings.join(), /a format that this Weir does not read/);
    await write((await openShelf(files, 1)).store);
    // What it refers to is not known, so all state that is there stays.
    assert.deepEqual(files.names(FOLDER), [
      'chk-000001.state',
      'chk-000002.json',
      'chk-000003.json',
      'chk-000003.state',
    ]);
    await files.remove(path(3, 'json'));
    await refused('K-VERSION', () => store.latest());
  });

  test('the last N stay, with savepoints and nothing that was never completed', async () => {
    const { files, store } = await openShelf(new MemoryFiles(), 2);
    files.put(`${FOLDER}/notes.txt`, 'mine');
    await write(store);
    await write(store, 'before the move');
    files.put(path(store.nextId(), 'state'), 'half');
    for (let n = 0; n < 4; n++) await write(store);
    assert.deepEqual(
      (await store.list()).map(({ id, name }) => [id, name]),
      [
        [7, null],
        [6, null],
        [2, 'before the move'],
      ],
    );
    assert.deepEqual(
      files.names(FOLDER).filter((file) => file.endsWith('.state') || file === 'notes.txt'),
      ['chk-000002.state', 'chk-000006.state', 'chk-000007.state', 'notes.txt'],
    );
  });

  test('numbers are not given again, and those of earlier runs are no choice for a run that failed', async () => {
    const { files, store } = await openShelf();
    await write(store);
    const second = (await openShelf(files)).store;
    assert.equal(second.upcoming, 2);
    assert.equal(await second.latest(second.upcoming), null);
    files.put(path(second.nextId(), 'state'), 'of one that failed');
    assert.equal((await openShelf(files)).store.nextId(), 3);
  });
});

describe('state that did not change', () => {
  const sizes = (files: MemoryFiles): Record<string, number> =>
    Object.fromEntries(
      files
        .names(FOLDER)
        .filter((name) => name.endsWith('.state'))
        .map((name) => [name.replace(/chk-0*|\.state/g, ''), files.bytes(`${FOLDER}/${name}`).length >> 10]),
    );

  test('is written once, stays as long as it is asked for, and a savepoint has it again', async () => {
    const { files, store } = await openShelf(new MemoryFiles(), 1);
    for (let n = 0; n < 4; n++) await write(store, null, largePartsOf);
    // The first holds the table for the fourth; the third waits to be written over.
    assert.deepEqual(sizes(files), { 1: 1484, 4: 1172, spare: 1172 });
    const [newest] = await store.list();
    assert.ok(newest !== undefined && newest.writtenBytes >> 10 === 1172);
    assert.equal(newest.parts.reduce((sum, part) => sum + part.bytes, 0) >> 10, 1484);
    await write(store, 'moved', largePartsOf);
    assert.deepEqual(sizes(files), { 1: 1484, 4: 1172, 5: 1484 });
    for (const file of ['chk-000001.state', 'chk-000004.state']) await files.remove(`${FOLDER}/${file}`);
    assert.deepEqual([...(await store.read(5)).parts.values()], largePartsOf(5));
    await refused('K-BROKEN', () => store.read(4));
  });

  test('a run that goes on refers to what it was restored from', async () => {
    const { files, store } = await openShelf();
    await write(store, null, largePartsOf);
    const second = (await openShelf(files)).store;
    await second.latest();
    await write(second, null, largePartsOf);
    assert.equal(files.bytes(path(2, 'state')).length >> 10, 1172);
    // One that begins anew does not.
    const third = (await openShelf(files)).store;
    await write(third, null, largePartsOf);
    assert.equal(files.bytes(path(3, 'state')).length >> 10, 1484);
  });

  test('files with little that is still asked for are let go of', async () => {
    const { files, store } = await openShelf(new MemoryFiles(), 1);
    const tableAnd =
      (bytes: number) =>
      (n: number): Part[] => [
        ...largePartsOf(n).slice(3),
        { node: 'rest', type: 'join', origin: null, state: new Uint8Array(bytes).fill(n) },
      ];
    await write(store, null, tableAnd(4_000_000));
    await write(store, null, tableAnd(10));
    assert.equal(Object.keys(sizes(files)).includes('1'), true);
    await write(store, null, tableAnd(10));
    assert.deepEqual(Object.keys(sizes(files)), ['3', 'spare']);
  });
});

describe('checkpoints when the world ends', () => {
  /** Writes five, the last operations of which may fail; returns how many operations there were. */
  async function life(
    files: MemoryFiles,
    at: number,
    how: 'kill' | 'power' | 'full',
    parts = partsOf,
  ): Promise<{ operations: number; complete: number }> {
    let operations = 0;
    let isDead = false;
    let complete = 0;
    files.before = () => {
      if (isDead) throw new Error('dead');
      if (++operations !== at) return;
      isDead = how !== 'full';
      throw Object.assign(new Error('no space left on the disk'), { code: 'ENOSPC' });
    };
    try {
      const { store } = await openShelf(files, 2);
      for (let n = 0; n < 5; n++) {
        const id = await write(store, null, parts).catch((error: unknown) => {
          assert.ok(
            isDead || (error instanceof WeirError && error.problem.code === 'K-FOLDER'),
            String(error),
          );
          return null;
        });
        if (id !== null) complete = id;
        if (isDead) break;
      }
    } catch (error) {
      if (at > 3 && how === 'full') throw error;
    } finally {
      files.before = () => {};
    }
    return { operations, complete };
  }

  for (const how of ['kill', 'power', 'full'] as const)
    test(`${how}, at any operation: what was complete is there, whole`, async () => {
      const { operations } = await life(new MemoryFiles(), 0, how);
      assert.ok(operations > 40, String(operations));
      const { next } = random(11);
      for (let at = 1; at <= operations; at++)
        for (let times = how === 'power' ? 8 : 1; times > 0; times--) {
          const files = new MemoryFiles();
          files.torn = (bytes) => Math.floor(next() * (bytes + 1));
          const { complete } = await life(files, at, how);
          if (how === 'power') files.cutPower(next);
          const { store, warnings } = await openShelf(files, 2);
          const found = await store.latest();
          const id = found?.manifest.id ?? 0;
          // One that died just before its end may count.
          assert.ok(id === complete || id === complete + 1, `${at}: ${id}, not ${complete}`);
          if (found !== null) assert.deepEqual([...found.parts.values()], partsOf(id));
          assert.deepEqual(warnings, [], `at ${at}`);
          const later = await write(store);
          assert.ok(later > id);
          assert.equal((await store.latest())?.manifest.id, later);
        }
    });

  for (const how of ['kill', 'power', 'full'] as const)
    test(`${how}, at any operation, where files share blocks and are written over`, async () => {
      const whole = new MemoryFiles();
      const { operations } = await life(whole, 0, how, largePartsOf);
      assert.ok(whole.names(FOLDER).includes('spare.state'), whole.names(FOLDER).join());
      const { next } = random(12);
      // Every other, for the files are large.
      for (let at = 4; at <= operations; at += 2) {
        const files = new MemoryFiles();
        files.torn = (bytes) => Math.floor(next() * (bytes + 1));
        const { complete } = await life(files, at, how, largePartsOf);
        if (how === 'power') files.cutPower(next);
        const { store, warnings } = await openShelf(files, 2);
        const found = await store.latest();
        const id = found?.manifest.id ?? 0;
        assert.ok(id === complete || id === complete + 1, `${at}: ${id}, not ${complete}`);
        if (found !== null) same(found.parts, largePartsOf(id));
        assert.deepEqual(warnings, [], `at ${at}`);
        const later = await write(store, null, largePartsOf);
        for (const { id: kept } of await store.list())
          same((await store.read(kept)).parts, largePartsOf(kept));
        assert.equal((await store.latest())?.manifest.id, later);
      }
    });

  test('without room or rights: K-FOLDER, and the one before stays', async () => {
    for (const code of ['ENOSPC', 'EROFS', 'EACCES', 'EIO']) {
      const { files, store } = await openShelf();
      await write(store);
      files.before = (operation) => {
        if (operation === 'create' || operation === 'write') throw Object.assign(new Error(code), { code });
      };
      await refused('K-FOLDER', () => write(store));
      files.before = () => {};
      assert.equal((await store.latest())?.manifest.id, 1);
      assert.deepEqual(files.names(FOLDER), ['chk-000001.json', 'chk-000001.state']);
    }
  });

  test('old ones that cannot be removed are told, and cost no checkpoint', async () => {
    const { files, store, warnings } = await openShelf(new MemoryFiles(), 1);
    await write(store);
    files.before = (operation) => {
      if (operation === 'remove') throw Object.assign(new Error('EPERM'), { code: 'EPERM' });
    };
    assert.equal(await write(store), 2);
    assert.match(warnings.join(), /could not be removed/);
    files.before = () => {};
    assert.equal((await store.latest())?.manifest.id, 2);
  });

  test('every file and name is on the disk before it is told that it is', async () => {
    const { files, store } = await openShelf();
    await write(store);
    assert.deepEqual([files.calls.get('sync'), files.calls.get('syncFolder')], [2, 2]);
    // All that was not synced is lost.
    files.cutPower(() => 0.999);
    assert.equal((await (await openShelf(files)).store.latest())?.manifest.id, 1);
  });
});

describe('on the real disk', () => {
  const inFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
    const folder = await mkdtemp(join(tmpdir(), 'weir-store-'));
    try {
      await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  const open = (folder: string): Promise<CheckpointStore> =>
    CheckpointStore.open(folder, { keep: 2, warn: () => {} });

  test('written, read, listed, removed', () =>
    inFolder(async (folder) => {
      const store = await open(join(folder, 'a', 'b'));
      for (let n = 0; n < 4; n++) await write(store);
      const found = await store.latest();
      assert.deepEqual([...(found?.parts.values() ?? [])], partsOf(4));
      assert.equal((await store.list()).length, 2);
      await store.close();
      assert.deepEqual(await readdir(join(folder, 'a', 'b')), [
        'chk-000003.json',
        'chk-000003.state',
        'chk-000004.json',
        'chk-000004.state',
      ]);
    }));

  test('where no folder can be: K-FOLDER', () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'file'), '');
      await refused('K-FOLDER', () => open(join(folder, 'file')));
      await refused('K-FOLDER', () => open(join(folder, 'file', 'state')));
    }));

  test('one process a folder; the lock of one that was killed is taken over, also by one of many', () =>
    inFolder(async (folder) => {
      const script = `
        import { lockFolder } from ${JSON.stringify(new URL('../../engine/checkpoints/lock.ts', import.meta.url).href)};
        await lockFolder(process.argv[1]);
        console.log('locked');
        setInterval(() => {}, 1000);`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = once(child, 'close');
      await once(child.stdout, 'data');
      await refused('K-LOCKED', () => open(folder));
      child.kill('SIGKILL');
      await ended;
      const taken = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)));
      assert.equal(taken.filter((t) => t.status === 'fulfilled').length, 1);
      for (const t of taken) if (t.status === 'fulfilled') await t.value();
      assert.deepEqual(await readdir(folder), []);
    }));

  test('a lock of a process whose number was given to another, or that is no lock at all, is taken over', () =>
    inFolder(async (folder) => {
      const release = await lockFolder(folder);
      const own = JSON.parse(await readFile(join(folder, 'lock'), 'utf8')) as object;
      await release();
      for (const text of [
        JSON.stringify({ ...own, started: '1', token: 'x' }),
        '',
        '{"pid":',
        'null',
        '{}',
      ]) {
        await writeFile(join(folder, 'lock'), text);
        const next = await lockFolder(folder);
        await next();
      }
      assert.deepEqual(await readdir(folder), []);
    }));
});

/** A flip within the blanks of a manifest says the same: nothing but its text counts. */
function sameOrBlank(files: MemoryFiles, file: string, before: ReadonlyMap<string, Buffer>): boolean {
  if (!files.names(FOLDER).includes(file.slice(FOLDER.length + 1))) return false;
  const [now, then] = [files.bytes(file), before.get(file) as Buffer];
  if (now.equals(then)) return true;
  if (!file.endsWith('.json')) return false;
  try {
    return JSON.stringify(JSON.parse(now.toString())) === JSON.stringify(JSON.parse(then.toString()));
  } catch {
    return false;
  }
}

/** As long as the bytes, other in its first byte, and of the same CRC-32: the last four bytes are chosen so. */
function collide(bytes: Uint8Array): Uint8Array {
  const other = bytes.slice();
  other[0] = (other[0] as number) ^ 1;
  const at = other.length - 4;
  const sumWith = (tail: number): number => {
    new DataView(other.buffer).setUint32(at, tail, true);
    return checksum(other);
  };
  // The checksum is affine in the tail: its 32 bits are solved for, one after the other.
  const zero = sumWith(0);
  let wanted = (checksum(bytes) ^ zero) >>> 0;
  const rows = Array.from({ length: 32 }, (_, bit) => ({
    sum: (sumWith((1 << bit) >>> 0) ^ zero) >>> 0,
    tail: (1 << bit) >>> 0,
  }));
  let tail = 0;
  for (let bit = 31; bit >= 0; bit--) {
    const mask = (1 << bit) >>> 0;
    const pivot = rows.findIndex((row) => (row.sum & mask) !== 0);
    if (pivot < 0) continue;
    const [own] = rows.splice(pivot, 1) as [{ sum: number; tail: number }];
    for (const row of rows) {
      if ((row.sum & mask) === 0) continue;
      row.sum = (row.sum ^ own.sum) >>> 0;
      row.tail = (row.tail ^ own.tail) >>> 0;
    }
    if ((wanted & mask) === 0) continue;
    wanted = (wanted ^ own.sum) >>> 0;
    tail = (tail ^ own.tail) >>> 0;
  }
  sumWith(tail);
  return other;
}

test('blocks of the same checksum are not taken for each other', async () => {
  const { store } = await openShelf();
  const one = Uint8Array.from({ length: 20_000 }, (_, i) => i * 7);
  const other = collide(one);
  assert.equal(checksum(one), checksum(other));
  assert.notDeepEqual(one, other);
  const state = (bytes: Uint8Array) => (): Part[] => [
    { node: 'n', type: 'window', origin: null, state: { bytes } },
  ];
  for (const bytes of [one, other, other]) await write(store, null, state(bytes));
  const [third, second] = await store.list();
  const fileOf = (manifest: typeof third): number | undefined => manifest?.parts[0]?.pieces[1]?.[0]?.[0];
  assert.equal(fileOf(second), 2);
  assert.equal(fileOf(third), 2, 'equal bytes are referred to');
  const found = (await store.latest())?.parts.get('n')?.state as { bytes: Uint8Array };
  assert.deepEqual(found.bytes, other);
});
