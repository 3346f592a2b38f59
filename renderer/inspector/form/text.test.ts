import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { proseOf } from './prose.ts';
import { parseRows, printRows } from './rows-text.ts';

describe('prose', () => {
  it('has paragraphs, code within them, and commands that stand apart', () => {
    assert.deepEqual(
      proseOf("Press `Run`,\nthen send:\n\ncurl -d '{}' http://127.0.0.1\n\n    npx weir run"),
      [
        {
          kind: 'text',
          parts: [
            { code: false, text: 'Press ' },
            { code: true, text: 'Run' },
            { code: false, text: ', then send:' },
          ],
        },
        { kind: 'code', text: "curl -d '{}' http://127.0.0.1" },
        { kind: 'code', text: 'npx weir run' },
      ],
    );
  });

  it('keeps a lonely backtick and the blank lines of fenced code', () => {
    assert.deepEqual(proseOf('a ` b'), [{ kind: 'text', parts: [{ code: false, text: 'a ` b' }] }]);
    assert.deepEqual(proseOf('```sh\na\n\nb\n```'), [{ kind: 'code', text: 'a\n\nb' }]);
  });
});

describe('rows as text', () => {
  it('are read back as they were written', () => {
    const rows = [{ at: '2026-01-01T00:00:00Z', n: 1 }, { n: null }];
    assert.deepEqual(parseRows(printRows(rows)), { ok: true, rows });
    assert.deepEqual(parseRows('{"n": 1},\n\n{"n": 2}'), { ok: true, rows: [{ n: 1 }, { n: 2 }] });
  });

  it('name the line that is no object', () => {
    const bad = parseRows('{"n": 1}\n[2]');
    assert.ok(!bad.ok);
    assert.equal(bad.line, 2);
    const broken = parseRows('{"n": ');
    assert.ok(!broken.ok);
    assert.equal(broken.line, 1);
  });
});
