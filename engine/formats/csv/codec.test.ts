import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { WeirError } from '../../contract/problems.ts';
import type { SourceField } from '../../contract/settings.ts';
import { decodeText } from '../testing.ts';

const csv = (delimiter: ',' | ';' | '\t' | '|' = ',', header = true) =>
  ({ kind: 'csv', header, delimiter }) as const;
const AB: SourceField[] = [
  { name: 'a', type: 'STRING' },
  { name: 'b', type: 'STRING' },
];

describe('CSV', () => {
  it('reads quotes, line ends in quotes, CRLF and a BOM in any parts, from any place', () => {
    const text = '\ufeffb,a\r\n"x ""y""",1\r\n"two\nlines, one cell","2"\r\n\r\n,""\r\n5" pipe,last';
    const whole = decodeText(csv(), AB, text);
    assert.deepEqual(whole.rows, [
      ['1', 'x "y"'],
      ['2', 'two\nlines, one cell'],
      ['', null],
      ['last', '5" pipe'],
    ]);
    assert.deepEqual(
      whole.places.map((p) => p.number),
      [2, 4, 6, 7],
    );
    for (let partBytes = 1; partBytes < 40; partBytes++) {
      assert.deepEqual(decodeText(csv(), AB, text, { partBytes }), whole);
    }
    whole.places.forEach((from, i) => {
      assert.deepEqual(decodeText(csv(), AB, text, { from }).rows, whole.rows.slice(i + 1));
    });
  });

  it('reads back what a writer that quotes every cell wrote', () => {
    const cell = fc.oneof(fc.string(), fc.constantFrom('"', '""', '\n', '\r\n', ',', ''));
    const property = fc.property(
      fc.array(fc.tuple(cell, cell), { maxLength: 20 }),
      fc.integer({ min: 1, max: 20 }),
      (rows, partBytes) => {
        const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        const text = `a,b\n${rows.map((row) => `${row.map(quote).join(',')}\n`).join('')}`;
        assert.deepEqual(decodeText(csv(), AB, text, { partBytes }).rows, rows);
      },
    );
    fc.assert(property, { numRuns: 300, seed: 1 });
  });

  it('tells ragged rows with their line, and reads on', () => {
    const { rows, bad } = decodeText(csv(), AB, 'a,b\n1,2\n3\n4,5,6\n"7,8\n",9\n10,11\n');
    assert.deepEqual(rows, [
      ['1', '2'],
      ['7,8\n', '9'],
      ['10', '11'],
    ]);
    assert.deepEqual(
      bad.map((b) => [b.code, b.number, b.value, b.expected, b.raw]),
      [
        ['C-FORMAT', 3, '1 cells', '2 cells', '3'],
        ['C-FORMAT', 4, '3 cells', '2 cells', '4,5,6'],
      ],
    );
  });

  it('converts types that no number holds', () => {
    const schema: SourceField[] = [
      { name: 'l', type: 'BIGINT' },
      { name: 'm', type: 'DECIMAL(12, 2)' },
      { name: 'b', type: 'BYTES' },
      { name: 'a', type: 'ARRAY<INT>' },
      { name: 'r', type: 'ROW<x INT, y STRING>' },
    ];
    const text = [
      'l,m,b,a,r',
      '+09223372036854775807,1234567890.125,AQI=,"[1,null]","{""y"":""é"",""x"":2}"',
      ',,,,',
      '1,1e2,*,[],{}',
      '1,12345678901,AQI=,[],{}',
      '1,1,AQI=,[1,{}',
    ].join('\n');
    const { rows, bad } = decodeText(csv(','), schema, text);
    assert.deepEqual(rows, [
      [2n ** 63n - 1n, 123456789013n, Uint8Array.of(1, 2), [1, null], [2, 'é']],
      [null, null, null, null, null],
    ]);
    assert.deepEqual(
      bad.map((b) => b.field),
      ['b', 'm', 'a'],
    );
  });

  it('converts by type', () => {
    const schema: SourceField[] = [
      { name: 'i', type: 'INT' },
      { name: 'l', type: 'BIGINT' },
      { name: 'd', type: 'DOUBLE' },
      { name: 'o', type: 'BOOLEAN' },
      { name: 't', type: 'TIMESTAMP', format: 'yyyy/MM/dd HH:mm' },
    ];
    const text = [
      'i;l;d;o;t',
      ' 7;-9007199254740991;1e3;TRUE;1969/12/31 23:59',
      ';;;;',
      '-2147483648;0;NaN;false;9999/12/31 00:00',
      '1;1;-Infinity;true;2001/01/01 00:00',
    ].join('\n');
    assert.deepEqual(decodeText(csv(';'), schema, text).rows, [
      [7, -9007199254740991, 1000, true, -60_000],
      [null, null, null, null, null],
      [-2147483648, 0, Number.NaN, false, Date.UTC(9999, 11, 31)],
      [1, 1, -Infinity, true, Date.UTC(2001, 0, 1)],
    ]);
    const misfits = [
      '2147483648;;;;',
      ';9223372036854775808;;;',
      ';;1,5;;',
      ';;;yes;',
      ';;;;2001-01-01',
      '1.0;;;;',
      ';;0x10;;',
    ];
    const { rows, bad } = decodeText(csv(';'), schema, ['i;l;d;o;t', ...misfits].join('\n'));
    assert.deepEqual(rows, []);
    assert.deepEqual(
      bad.map((b) => b.field),
      ['i', 'l', 'd', 'o', 't', 'i', 'd'],
    );
  });

  it('takes an empty cell of a field that is not nullable as bad, but as the empty text for STRING', () => {
    const schema: SourceField[] = [
      { name: 'a', type: 'STRING', nullable: false },
      { name: 'b', type: 'INT', nullable: false },
    ];
    const { rows, bad } = decodeText(csv(), schema, 'a,b\n,1\nx,\n');
    assert.deepEqual(rows, [['', 1]]);
    assert.deepEqual(
      bad.map((b) => [b.field, b.value]),
      [['b', 'nothing']],
    );
  });

  it('takes fields by position without a header', () => {
    assert.deepEqual(decodeText(csv('\t', false), AB, '1\t2\n3\t4').rows, [
      ['1', '2'],
      ['3', '4'],
    ]);
  });

  it('warns of a column that is not there', () => {
    const { rows, warnings } = decodeText(csv(), AB, 'a,c\n1,2\n');
    assert.deepEqual(rows, [['1', null]]);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /"b"/);
  });

  it('tells a quote that is never closed', () => {
    const { rows, bad } = decodeText(csv(), AB, 'a,b\n1,2\n"3,4\n5,6\n');
    assert.deepEqual(rows, [['1', '2']]);
    assert.deepEqual(
      bad.map((b) => b.code),
      ['C-FORMAT'],
    );
    assert.equal(bad[0]?.raw, '"3,4\n5,6\n');
  });

  it('ends with a broken header: no row can be read without it', () => {
    assert.throws(() => decodeText(csv(), AB, '"a,b\n1,2\n'), WeirError);
  });
});
