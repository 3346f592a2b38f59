import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SourceField } from '../../contract/settings.ts';
import { decodeText } from '../testing.ts';

const NDJSON = { kind: 'ndjson' } as const;
const SCHEMA: SourceField[] = [
  { name: 'id', type: 'BIGINT', nullable: false },
  { name: 'text', type: 'STRING' },
];
const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

describe('NDJSON', () => {
  it('gives the same rows and places whatever the parts', () => {
    const text = `\ufeff${line({ id: 1, text: 'é\n' })}\r\n  \n${line({ id: 2 })}{"id":3,"text":"no line end"}`;
    const whole = decodeText(NDJSON, SCHEMA, text);
    assert.deepEqual(whole.rows, [
      [1, 'é\n'],
      [2, null],
      [3, 'no line end'],
    ]);
    assert.deepEqual(
      whole.places.map((p) => p.number),
      [1, 4, 5],
    );
    for (const partBytes of [1, 2, 3, 7, 50]) {
      assert.deepEqual(decodeText(NDJSON, SCHEMA, text, { partBytes }), whole);
    }
  });

  it('goes on from every place', () => {
    const text = [1, 2, 3, 4].map((id) => line({ id, text: 'x'.repeat(id * 3) })).join('');
    const whole = decodeText(NDJSON, SCHEMA, text);
    whole.places.forEach((from, i) => {
      const rest = decodeText(NDJSON, SCHEMA, text, { from, partBytes: 5 });
      assert.deepEqual(rest.rows, whole.rows.slice(i + 1));
      assert.deepEqual(rest.places, whole.places.slice(i + 1));
    });
  });

  it('tells every bad record with its line, and reads on', () => {
    const text = [
      '{"id":1}',
      '{"id":2',
      '{"text":"no id"}',
      '{"id":null}',
      '{"id":"5"}',
      '{"id":9223372036854775808}',
      '{"id":1.5}',
      '[1]',
      'null',
      '{"id":10,"text":7}',
      '{"id":11}',
    ].join('\n');
    const { rows, bad } = decodeText(NDJSON, SCHEMA, text);
    assert.deepEqual(rows, [
      [1, null],
      [11, null],
    ]);
    assert.deepEqual(
      bad.map((b) => b.number),
      [2, 3, 4, 5, 6, 7, 8, 9, 10],
    );
    assert.ok(bad.every((b) => b.code === 'R-DECODE' && b.next !== undefined));
    assert.deepEqual(
      bad.map((b) => b.field),
      [undefined, 'id', 'id', 'id', 'id', 'id', undefined, undefined, 'text'],
    );
    assert.equal(bad[1]?.value, 'nothing');
    assert.match(bad[4]?.expected ?? '', /64 bits/);
    assert.equal(bad[0]?.raw, '{"id":2');
  });

  it('takes lines that are not UTF-8 as bad, and only those', () => {
    const bytes = Buffer.concat([
      Buffer.from(line({ id: 1, text: 'ä' })),
      Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d, 0x0a]),
      Buffer.from(line({ id: 2 })),
    ]);
    const { rows, bad } = decodeText(NDJSON, SCHEMA, bytes);
    assert.deepEqual(rows, [
      [1, 'ä'],
      [2, null],
    ]);
    assert.equal(bad.length, 1);
    assert.match(bad[0]?.message ?? '', /UTF-8/);
  });

  it('does not let a record touch prototypes', () => {
    const text =
      '{"id":1,"__proto__":{"text":"bad","polluted":true},"constructor":{"prototype":{"polluted":true}}}';
    const { rows } = decodeText(NDJSON, [...SCHEMA, { name: 'toString', type: 'STRING' }], text);
    assert.deepEqual(rows, [[1, null, null]]);
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  });

  it('keeps only the beginning of a line above the limit', () => {
    const text = `${line({ id: 1 })}${'x'.repeat(50_000)}\n${line({ id: 2 })}${'y'.repeat(1001)}`;
    for (const partBytes of [100, 70_000]) {
      const { rows, bad } = decodeText(NDJSON, SCHEMA, text, { recordBytes: 1000, partBytes });
      assert.deepEqual(rows, [
        [1, null],
        [2, null],
      ]);
      assert.deepEqual(
        bad.map((b) => [b.code, b.number, b.value]),
        [
          ['C-LIMIT', 2, '50000 bytes'],
          ['C-LIMIT', 4, '1001 bytes'],
        ],
      );
      assert.ok((bad[0]?.raw.length ?? 0) <= 8000);
      assert.match(bad[0]?.raw ?? '', /^x+$/);
    }
  });
});
