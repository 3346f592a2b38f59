/** The real thing: a process that takes events is killed with SIGKILL, and what it answered with 202 is there. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { rowsOf } from '../../batch/batch.ts';
import { FIELDS, keptSource } from './kept-child.ts';

const CHILD = join(import.meta.dirname, 'kept-child.ts');
const CALLERS = 8;

test('kill -9: what was answered with 202 comes again, once', { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weir-kept-'));
  try {
    const kept: number[] = [];
    let next = 0;
    for (let life = 0; life < 3; life++) {
      const child = spawn(process.execPath, [CHILD, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
      const exited = once(child, 'exit');
      const url = await firstUrl(child.stdout);
      const callers = Array.from({ length: CALLERS }, async () => {
        for (;;) {
          const id = next++;
          const status = await post(url, id);
          if (status === null) return;
          if (status === 202) kept.push(id);
        }
      });
      const enough = kept.length + 100 + life * 37;
      while (kept.length < enough) await new Promise((go) => setTimeout(go, 1));
      child.kill('SIGKILL');
      await exited;
      await Promise.all(callers);
    }
    const source = keptSource(folder, () => {});
    await source.open(null);
    const found: number[] = [];
    for (let quiet = 0; quiet < 3; ) {
      const batch = source.poll(1024)?.batch ?? null;
      if (batch !== null) for (const { id } of rowsOf(batch, FIELDS)) found.push(Number(id));
      else {
        quiet++;
        await new Promise((go) => setTimeout(go, 50));
      }
    }
    await source.close();
    assert.equal(new Set(found).size, found.length);
    const there = new Set(found);
    assert.deepEqual(
      kept.filter((id) => !there.has(id)),
      [],
    );
    // Of each life, what was on its way and kept may be there without an answer.
    assert.ok(found.length <= kept.length + 3 * CALLERS, `${found.length} of ${kept.length}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

async function firstUrl(output: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of output) {
    text += String(chunk);
    const url = /http:\S+(?=\n)/.exec(text)?.[0];
    if (url !== undefined) return url;
  }
  throw new Error(`the child said ${text}`);
}

/** The status; null where the connection broke. */
async function post(url: string, id: number): Promise<number | null> {
  try {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', body: JSON.stringify({ id }), headers });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return null;
  }
}
