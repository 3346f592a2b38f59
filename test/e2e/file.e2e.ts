import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { ROOT } from '../root.ts';
import { withStudio } from './studio.ts';

test('a saved document opens again after a reload, and the command line runs the same file', () =>
  withStudio({ name: 'file' }, async (studio) => {
    await studio.openExample('Flight delays');
    await studio.dragOntoEdge('Filter', 'flights', 'hourly');
    await studio.type('Condition', 'delay > 60');
    await studio.page.getByText('unsaved changes').waitFor();
    const path = await studio.saveAs('late-flights.weir');
    await studio.page.getByText('unsaved changes').waitFor({ state: 'detached' });

    await studio.reload();
    await studio.openRecent('late-flights.weir');
    await studio.select('Filter');
    assert.equal(await studio.setting('Condition').inputValue(), 'delay > 60');
    await studio.run();
    await studio.stop();

    const args = ['bin/weir.mjs', 'run', path, '--for', '2s', '--json'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
    const summary = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    const counts = (id: string) => summary.nodes.find(({ node }: { node: string }) => node === id);
    assert.equal(summary.type, 'summary');
    assert.ok(summary.recordsRead > 0);
    assert.equal(counts('filter').recordsIn, summary.recordsRead);
    assert.equal(counts('filter').filtered + counts('filter').recordsOut, summary.recordsRead);
    assert.equal(counts('hourly').recordsIn, counts('filter').recordsOut);
  }));
