import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { dispatchHostCall, type HostServices } from '../engine/contract/host-calls.ts';
import { writeAtomically } from './atomic-write.ts';
import { configDir } from './config-dir.ts';
import { resolveInside } from './page.ts';
import { RECENT_COUNT_MAX, RecentFiles } from './recent-files.ts';
import { fileServices } from './services.ts';

describe('the services of a host', () => {
  let folder: string;
  const services = () =>
    fileServices({
      examplesDir: join(folder, 'examples'),
      configDir: join(folder, 'config'),
      homeDir: folder,
      now: () => 42,
    });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weir-hosts-'));
    await mkdir(join(folder, 'examples'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test('saving writes the whole text, keeps mode and link, and leaves nothing aside', async () => {
    const real = join(folder, 'real.weir');
    const link = join(folder, 'link.weir');
    await writeFile(real, 'old');
    await chmod(real, 0o640);
    await symlink(real, link);
    const saved = await services().save(link, 'new');
    assert.deepEqual(saved, { ok: true, value: { path: link, fileName: 'link.weir', text: 'new' } });
    assert.equal(await readFile(real, 'utf8'), 'new');
    assert.equal((await stat(real)).mode & 0o777, 0o640);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.endsWith('.tmp')),
      [],
    );
  });

  test('a save that fails leaves the old file and nothing aside', async () => {
    const target = join(folder, 'taken.weir');
    await mkdir(target); // a rename onto a folder fails at the last step
    const saved = await services().save(target, 'new');
    assert.ok(!saved.ok);
    assert.equal(saved.problem.code, 'C-ACCESS');
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.endsWith('.tmp')),
      [],
    );
  });

  test('readers of a file that is saved again and again see whole versions only', async () => {
    const path = join(folder, 'busy.json');
    const version = (n: number): string => String(n % 10).repeat(200_000);
    await writeAtomically(path, version(0));
    let saving = true;
    const writer = (async () => {
      for (let n = 1; n < 20; n++) await writeAtomically(path, version(n));
      saving = false;
    })();
    let seen = 0;
    while (saving) {
      const text = await readFile(path, 'utf8');
      assert.equal(text, text.charAt(0).repeat(200_000));
      seen++;
    }
    await writer;
    assert.ok(seen > 0);
  });

  for (const [what, path] of [
    ['another extension', '/etc/passwd'],
    ['a relative path', 'x.weir'],
    ['an extension that only looks right', '/tmp/x.weir/../passwd'],
  ] as const) {
    test(`open and save refuse ${what}`, async () => {
      for (const result of [await services().open(path), await services().save(path, '{}')]) {
        assert.ok(!result.ok);
        assert.equal(result.problem.code, 'S-VALUE');
        assert.ok(result.problem.expected && result.problem.next && result.problem.value);
      }
    });
  }

  test('open tells what is missing, a folder, not UTF-8, or too large', async () => {
    const codeOf = async (name: string): Promise<string> => {
      const result = await services().open(join(folder, name));
      return result.ok ? 'opened' : result.problem.code;
    };
    await mkdir(join(folder, 'dir.weir'));
    await writeFile(join(folder, 'bytes.weir'), Uint8Array.of(0x7b, 0xff, 0xfe));
    await writeFile(join(folder, 'huge.weir'), Buffer.alloc(50 * 1024 * 1024, 0x20));
    assert.equal(await codeOf('none.weir'), 'C-MISSING');
    assert.equal(await codeOf('dir.weir'), 'C-ACCESS');
    assert.equal(await codeOf('bytes.weir'), 'D-JSON');
    assert.equal(await codeOf('huge.weir'), 'D-SIZE');
  });

  test('open does not wait for a named pipe', {
    skip: process.platform === 'win32' && 'no pipes in the file system',
  }, async () => {
    execFileSync('mkfifo', [join(folder, 'pipe.weir')]);
    const result = await services().open(join(folder, 'pipe.weir'));
    assert.ok(!result.ok);
    assert.equal(result.problem.code, 'C-ACCESS');
  });

  test('what was opened is listed as recent, while it exists', async () => {
    const path = join(folder, 'once.weir');
    await writeFile(path, '{}');
    const one = services();
    await one.open(path);
    const listed = await one.recent();
    assert.ok(listed.ok);
    assert.deepEqual(listed.value[0], { path, fileName: 'once.weir', openedAt: 42 });
    await rm(path);
    const after = await one.recent();
    assert.ok(after.ok && !after.value.some((entry) => entry.path === path));
  });

  test('the recent list is bounded, without doubles, and survives a broken file', async () => {
    const file = join(folder, 'recent', 'list.json');
    const recent = new RecentFiles(file);
    for (let n = 0; n < RECENT_COUNT_MAX + 3; n++) await writeFile(join(folder, `r${n}.weir`), '');
    await Promise.all(
      Array.from({ length: RECENT_COUNT_MAX + 3 }, (_, n) => recent.add(join(folder, `r${n}.weir`), n)),
    );
    await recent.add(join(folder, 'r9.weir'), 99);
    const names = (await recent.list()).map((entry) => entry.fileName);
    assert.equal(names.length, RECENT_COUNT_MAX);
    assert.deepEqual(names.slice(0, 2), ['r9.weir', `r${RECENT_COUNT_MAX + 2}.weir`]);
    assert.equal(new Set(names).size, names.length);
    await writeFile(file, '{"broken":');
    assert.deepEqual(await recent.list(), []);
  });

  test('a listing shows folders and .weir files only, folders first', async () => {
    const dir = join(folder, 'listing');
    await mkdir(join(dir, 'zfolder'), { recursive: true });
    for (const name of ['b.weir', 'a.WEIR', 'secret.txt', '.hidden.weir'])
      await writeFile(join(dir, name), '');
    const listed = await services().list(dir);
    assert.ok(listed.ok);
    assert.deepEqual(
      listed.value.entries.map((entry) => entry.name),
      ['zfolder', 'a.WEIR', 'b.weir'],
    );
    assert.equal(listed.value.parent, folder);
    const missing = await services().list(join(folder, 'nowhere'));
    assert.equal(missing.ok ? '' : missing.problem.code, 'C-MISSING');
  });

  test('arguments are checked before a service sees them', async () => {
    const called: string[] = [];
    const fake = new Proxy({} as HostServices, {
      get: (_, name) => async () => {
        called.push(String(name));
        return { ok: true, value: null };
      },
    });
    const bad = [['/a.weir', 7], ['/a.weir'], {}, null, ['/a\0.weir', 'x'], ['/a.weir', 'x', 'y']];
    for (const args of bad) {
      const answer = (await dispatchHostCall(fake, 'save', args)) as {
        ok: boolean;
        problem: { code: string };
      };
      assert.equal(answer.ok, false);
      assert.equal(answer.problem.code, 'L-MESSAGE');
    }
    assert.deepEqual(called, []);
    assert.deepEqual(await dispatchHostCall(fake, 'save', ['/a.weir', 'x']), { ok: true, value: null });
    assert.deepEqual(called, ['save']);
  });

  test('addresses never lead out of the page', () => {
    for (const path of ['/../x', '/%2e%2e/x', '/a/../../x', '/..%2fx', '/%', '/a%00', '/..\\x']) {
      assert.equal(resolveInside('/srv/page', path), null, path);
    }
    assert.equal(resolveInside('/srv/page', '/'), '/srv/page/index.html');
    assert.equal(resolveInside('/srv/page', '/assets/a.js'), '/srv/page/assets/a.js');
  });

  test('settings lie where the system keeps them', () => {
    const at = (platform: string, env: Record<string, string> = {}): string =>
      configDir({ platform, env, home: '/h' });
    assert.equal(at('linux'), '/h/.config/weir');
    assert.equal(at('linux', { XDG_CONFIG_HOME: '/x' }), '/x/weir');
    assert.equal(at('darwin'), '/h/Library/Application Support/Weir');
    assert.equal(at('linux', { WEIR_HOME: '/w' }), '/w');
  });
});
