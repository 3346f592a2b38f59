/** What expressions do with each type, by Flink's rules. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { type DataType, type Field, field, parseType, printType } from '../contract/types.ts';
import { plainValue } from '../contract/value-text.ts';
import type { Value } from '../contract/values.ts';
import * as bigints from './bigints.ts';
import { averageType, decimal, resultOf, roundedType, sumType } from './decimal.ts';
import { checkExpression, evaluate, FUNCTIONS, HELPERS, RowError } from './index.ts';

const type = (text: string): DataType => parseType(text) as DataType;
const FIELDS: readonly Field[] = [
  field('big', type('BIGINT')),
  field('d', type('DECIMAL(10, 2)')),
  field('e', type('DECIMAL(5, 3)')),
  field('x', type('DOUBLE')),
  field('a', type('ARRAY<INT>')),
  field('r', type('ROW<id INT, inner ROW<name STRING>>')),
  field('b', type('BYTES')),
  field('t', type('TIMESTAMP')),
  field('n', type('INT')),
];
const ROW: Value[] = [2n ** 62n, 1050n, 1500n, 0.1, [3, null, 1], [7, ['x']], Uint8Array.of(0, 255), 0, null];

function run(text: string): [value: unknown, type: string] {
  const result = checkExpression(text, FIELDS);
  assert.ok(
    result.ok,
    `${text}: ${result.ok ? '' : result.problems.map((p) => `${p.message} ${p.expected}`).join()}`,
  );
  const { expression } = result;
  return [plainValue(evaluate(expression, ROW), expression.type), printType(expression.type)];
}
const value = (text: string): unknown => run(text)[0];
const fault = (text: string): string => {
  const result = checkExpression(text, FIELDS);
  assert.ok(!result.ok, text);
  return result.problems.map((p) => `${p.code} ${p.message} ${p.expected ?? ''}`).join('; ');
};

describe('BIGINT', () => {
  it('wraps at 64 bits, and is exact beyond 2^53', () => {
    assert.deepEqual(run('big + 1'), ['4611686018427387905', 'BIGINT']);
    assert.equal(value('big * 2'), '-9223372036854775808');
    assert.equal(value('9223372036854775807 + 1'), '-9223372036854775808');
    assert.equal(value('-9223372036854775808 / -1'), '-9223372036854775808');
    assert.equal(value('ABS(-9223372036854775808)'), '-9223372036854775808');
    assert.equal(value('9007199254740991 + 2'), '9007199254740993');
    assert.equal(value('9007199254740993 - 9007199254740992'), 1);
    assert.equal(value('9223372036854775807 % 10'), 7);
    assert.equal(value('big > 4611686018427387903 AND big = 4611686018427387904'), true);
    assert.equal(value("CAST('9223372036854775807' AS BIGINT)"), '9223372036854775807');
    assert.equal(value("TRY_CAST('9223372036854775808' AS BIGINT)"), null);
    assert.equal(value('TRY_CAST(1e19 AS BIGINT)'), null);
    assert.equal(value('CAST(big AS DOUBLE) = 4611686018427387904e0'), true);
    assert.equal(value('ROUND(1234567890123456789, -3)'), '1234567890123457000');
    assert.equal(value('GREATEST(big, 1) = big'), true);
    assert.deepEqual(run('9223372036854775808'), ['9223372036854775808', 'DECIMAL(19, 0)']);
  });

  it('computes as BigInt.asIntN does', () => {
    const edge = fc.oneof(
      fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
      fc.bigInt(-10n, 10n),
      fc.constantFrom(2n ** 53n - 1n, 2n ** 53n, -(2n ** 53n), 2n ** 31n, 2n ** 63n - 1n, -(2n ** 63n)),
    );
    const operations = [
      [bigints.add, (x: bigint, y: bigint) => x + y],
      [bigints.subtract, (x: bigint, y: bigint) => x - y],
      [bigints.multiply, (x: bigint, y: bigint) => x * y],
      [bigints.divide, (x: bigint, y: bigint) => (y === 0n ? null : x / y)],
      [bigints.remainder, (x: bigint, y: bigint) => (y === 0n ? null : x % y)],
    ] as const;
    fc.assert(
      fc.property(edge, edge, fc.constantFrom(...operations), (x, y, [ours, exact]) => {
        const expected = exact(x, y);
        if (expected === null) return;
        const actual = ours(bigints.whole(x), bigints.whole(y));
        assert.equal(BigInt(actual), BigInt.asIntN(64, expected));
        assert.equal(typeof actual, Number.isSafeInteger(Number(actual)) ? 'number' : 'bigint');
      }),
      { numRuns: 5000 },
    );
  });
});

describe('DECIMAL', () => {
  it('has the types of Flink’s LogicalTypeMerging', () => {
    const of = (op: string, p1: number, s1: number, p2: number, s2: number): string =>
      printType(resultOf(op, decimal(p1, s1), decimal(p2, s2)).type);
    // The cases of LogicalTypeMergingTest.
    assert.equal(of('/', 32, 8, 38, 8), 'DECIMAL(38, 6)');
    assert.equal(of('/', 30, 20, 30, 20), 'DECIMAL(38, 8)');
    assert.equal(of('*', 30, 10, 30, 10), 'DECIMAL(38, 6)');
    assert.equal(of('*', 30, 20, 30, 20), 'DECIMAL(38, 17)');
    assert.equal(of('*', 38, 2, 38, 3), 'DECIMAL(38, 5)');
    assert.equal(of('%', 30, 10, 30, 10), 'DECIMAL(30, 10)');
    assert.equal(of('%', 30, 20, 25, 20), 'DECIMAL(25, 20)');
    assert.equal(of('+', 38, 8, 32, 8), 'DECIMAL(38, 7)');
    assert.equal(of('+', 30, 20, 28, 20), 'DECIMAL(31, 20)');
    assert.equal(of('+', 10, 10, 10, 10), 'DECIMAL(11, 10)');
    assert.equal(of('+', 38, 5, 38, 4), 'DECIMAL(38, 5)');
    assert.equal(printType(roundedType(decimal(32, 8), 5)), 'DECIMAL(30, 5)');
    assert.equal(printType(roundedType(decimal(32, 8), 10)), 'DECIMAL(32, 8)');
    assert.equal(printType(roundedType(decimal(10, 10), 2)), 'DECIMAL(3, 2)');
    assert.equal(printType(averageType(decimal(38, 20))), 'DECIMAL(38, 20)');
    assert.equal(printType(averageType(decimal(38, 2))), 'DECIMAL(38, 6)');
    assert.equal(printType(sumType(decimal(10, 2))), 'DECIMAL(38, 2)');
  });

  it('computes exactly; overflow is NULL, division by zero fails', () => {
    assert.deepEqual(run('d + e'), ['12.000', 'DECIMAL(12, 3)']);
    assert.deepEqual(run('d * e'), ['15.75000', 'DECIMAL(16, 5)']);
    assert.deepEqual(run('d / e'), ['7.00000000', 'DECIMAL(19, 8)']);
    assert.deepEqual(run('d % e'), ['0.000', 'DECIMAL(5, 3)']);
    assert.deepEqual(run('d / 3'), ['3.5000000000000', 'DECIMAL(21, 13)']);
    assert.deepEqual(run('-d'), ['-10.50', 'DECIMAL(10, 2)']);
    assert.deepEqual(run('d + x'), [10.6, 'DOUBLE']);
    assert.equal(value('CAST(9e37 AS DECIMAL(38, 0)) + CAST(9e37 AS DECIMAL(38, 0))'), null);
    assert.throws(() => value('d / (e - e)'), /division by zero/);
  });

  it('numbers with a point are exact beside a DECIMAL, and DOUBLE elsewhere', () => {
    assert.deepEqual(run('d * 0.1'), ['1.050', 'DECIMAL(12, 3)']);
    assert.deepEqual(run('d * -0.1'), ['-1.050', 'DECIMAL(12, 3)']);
    assert.deepEqual(run('0.1 + 0.2'), [0.30000000000000004, 'DOUBLE']);
    assert.equal(value('d = 10.5 AND d < 10.500001 AND d IN (1, 10.5)'), true);
    assert.deepEqual(run('CAST(0.1 AS DECIMAL(38, 30))'), [`0.1${'0'.repeat(29)}`, 'DECIMAL(38, 30)']);
    assert.deepEqual(run('COALESCE(d, 0.125)'), ['10.500', 'DECIMAL(11, 3)']);
  });

  it('casts: half up, cut off to whole numbers, too large fails', () => {
    assert.deepEqual(run("CAST('1.005' AS DECIMAL(5, 2))"), ['1.01', 'DECIMAL(5, 2)']);
    assert.equal(value("CAST('-1.005' AS DECIMAL(5, 2))"), '-1.01');
    assert.equal(value('CAST(d AS INT)'), 10);
    assert.equal(value('CAST(d AS STRING)'), '10.50');
    assert.equal(value('CAST(d AS DOUBLE)'), 10.5);
    assert.equal(value('TRY_CAST(1000 AS DECIMAL(5, 3))'), null);
    assert.throws(() => value('CAST(1000 AS DECIMAL(5, 3))'), /cannot cast 1000 to DECIMAL\(5, 3\)/);
  });

  it('rounds', () => {
    assert.deepEqual(run('ROUND(d, 1)'), ['10.5', 'DECIMAL(10, 1)']);
    assert.deepEqual(run('ROUND(d, 0)'), ['11', 'DECIMAL(9, 0)']);
    assert.deepEqual(run('ROUND(-d, 0)'), ['-11', 'DECIMAL(9, 0)']);
    assert.deepEqual(run('FLOOR(-d)'), ['-11', 'DECIMAL(10, 0)']);
    assert.deepEqual(run('CEIL(d)'), ['11', 'DECIMAL(10, 0)']);
    assert.deepEqual(run('TRUNCATE(-d, 1)'), ['-10.5', 'DECIMAL(10, 1)']);
    assert.match(fault('ROUND(d, n)'), /^T-TYPE/);
  });
});

describe('ARRAY, ROW and BYTES', () => {
  it('are looked into', () => {
    assert.deepEqual(
      ['a[1]', 'a[2]', 'a[4]', 'r.id', 'r.inner.name', '(r).inner.name', 'ARRAY[r][1].id'].map(value),
      [3, null, null, 7, 'x', 'x', 7],
    );
    assert.match(fault('a[0]'), /1 for the first/);
    assert.match(fault('r.inner.nam'), /T-FIELD.*nearest: name/);
    assert.match(fault('n[1]'), /INT has no elements/);
  });

  it('are made, compared and cast', () => {
    assert.deepEqual(run('ARRAY[1, 2.5, NULL]'), [[1, 2.5, null], 'ARRAY<DOUBLE>']);
    assert.deepEqual(run('ARRAY[1, d]'), [['1.00', '10.50'], 'ARRAY<DECIMAL(12, 2)>']);
    assert.deepEqual(run("ROW(1, 'a')"), [{ f0: 1, f1: 'a' }, 'ROW<f0 INT, f1 STRING>']);
    assert.deepEqual(value("CAST(ROW('1', 2) AS ROW<id INT, s STRING>)"), { id: 1, s: '2' });
    assert.equal(value('a = ARRAY[3, NULL, 1] AND r IS NOT DISTINCT FROM r'), true);
    assert.equal(value('CAST(a AS STRING)'), '[3, NULL, 1]');
    assert.equal(value('CAST(r AS STRING)'), '(7, (x))');
    assert.match(fault('a < a'), /no order/);
    assert.match(fault("ARRAY[1, 'x']"), /no type in common/);
    assert.equal(value("b > X'00' AND b || X'01' = X'00FF01'"), true);
    assert.equal(value("CAST(CAST('é' AS BYTES) AS STRING)"), 'é');
    assert.match(fault("X'0'"), /pairs of hexadecimal/);
  });

  it('have functions', () => {
    assert.equal(value('ARRAY_CONTAINS(a, NULL)'), true);
    assert.equal(value('ARRAY_CONTAINS(ARRAY[d], 10.5)'), true);
    assert.deepEqual(value('ARRAY_SORT(a, FALSE)'), [3, 1, null]);
    assert.deepEqual(value('ARRAY_SLICE(a, -2, -1)'), [null, 1]);
    assert.deepEqual(value('ARRAY_DISTINCT(ARRAY_CONCAT(a, a))'), [3, null, 1]);
    assert.deepEqual(value('ARRAY_REMOVE(a, NULL)'), [3, 1]);
    assert.equal(value('ARRAY_MAX(ARRAY[CAST(NULL AS INT)])'), null);
    assert.throws(() => value('ELEMENT(a)'), /more than one/);
    assert.match(fault("ARRAY_CONTAINS(a, 'x')"), /does not take/);
  });
});

describe('time', () => {
  it('intervals: sums, multiples, ranges', () => {
    const at = (text: string): unknown => value(`CAST(${text} AS STRING)`);
    assert.equal(at("t + INTERVAL '1 02:30' DAY TO MINUTE"), '1970-01-02 02:30:00.000');
    assert.equal(at("t + INTERVAL '1-2' YEAR TO MONTH"), '1971-03-01 00:00:00.000');
    assert.equal(at("t + 3 * INTERVAL '1' HOUR"), '1970-01-01 03:00:00.000');
    assert.equal(at("t - (INTERVAL '1' DAY - INTERVAL '1' HOUR)"), '1969-12-31 01:00:00.000');
    assert.equal(at("t - INTERVAL '-1' SECOND"), '1970-01-01 00:00:01.000');
    assert.match(fault('t - t'), /TIMESTAMPDIFF/);
    assert.match(fault("t + INTERVAL '1' FORTNIGHT"), /not an interval/);
    assert.match(fault("INTERVAL '1' DAY"), /only be added/);
  });

  it('zones by name, over changes of the clocks', () => {
    assert.equal(value("CONVERT_TZ('2024-03-31 01:30:00', 'UTC', 'Europe/Berlin')"), '2024-03-31 03:30:00');
    assert.equal(value("CONVERT_TZ('2024-10-27 02:30:00', 'Europe/Berlin', 'UTC')"), '2024-10-27 00:30:00');
    assert.equal(value("CONVERT_TZ('2024-03-31 02:30:00', 'Europe/Berlin', 'UTC')"), '2024-03-31 01:30:00');
    assert.equal(value("CONVERT_TZ('2024-01-01 00:00:00', '+05:30', 'Asia/Tokyo')"), '2024-01-01 03:30:00');
    assert.equal(value("DATE_FORMAT(t, 'yyyy-MM-dd HH:mm', 'America/New_York')"), '1969-12-31 19:00');
    assert.match(fault("DATE_FORMAT(t, 'HH', 'Europe/Berlim')"), /time zone/);
    for (const zone of ['Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Asia/Kathmandu'])
      for (let time = Date.UTC(2024, 0, 1); time < Date.UTC(2025, 0, 1); time += 7 * 3_600_000) {
        const local = HELPERS['FROM_UTC_TIMESTAMP']?.(time as never, zone as never) as number;
        const shown = new Intl.DateTimeFormat('sv-SE', {
          timeZone: zone,
          dateStyle: 'short',
          timeStyle: 'medium',
        });
        assert.equal(new Date(local).toISOString().slice(0, 19).replace('T', ' '), shown.format(time), zone);
        const back = HELPERS['TO_UTC_TIMESTAMP']?.(local as never, zone as never) as number;
        // Where clocks show a time twice, it is the first.
        assert.ok(
          back === time || (back < time && time - back <= 3_600_000),
          `${zone} ${new Date(time).toISOString()}`,
        );
      }
  });
});

describe('text', () => {
  it('hashes as node does', () => {
    const names = {
      MD5: 'md5',
      SHA1: 'sha1',
      SHA224: 'sha224',
      SHA256: 'sha256',
      SHA384: 'sha384',
      SHA512: 'sha512',
    };
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        for (const [name, node] of Object.entries(names))
          assert.equal(HELPERS[name]?.(text as never), createHash(node).update(text).digest('hex'));
        assert.equal(HELPERS['CRC32']?.(text as never), crc32(text));
        const bytes = Buffer.from(text);
        assert.equal(HELPERS['TO_BASE64']?.(text as never), bytes.toString('base64'));
        assert.equal(HELPERS['FROM_BASE64']?.(bytes.toString('base64') as never), bytes.toString());
        assert.equal(HELPERS['HEX']?.(text as never), bytes.toString('hex').toUpperCase());
        for (const set of ['UTF-8', 'UTF-16BE', 'UTF-16LE', 'UTF-16'])
          assert.equal(
            HELPERS['DECODE']?.(HELPERS['ENCODE']?.(text as never, set as never) as never, set as never),
            text.toWellFormed().replace(set === 'UTF-16' ? /^\ufeff/ : /^(?!)/, ''),
          );
      }),
      { numRuns: 200 },
    );
  });

  it('bytes that are not UTF-8 become replacement characters, as TextDecoder has it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const ours = HELPERS['DECODE']?.(bytes as never, 'UTF-8' as never) as string;
        const theirs = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
        assert.equal(ours.replace(/\ufffd+/g, '\ufffd'), theirs.replace(/\ufffd+/g, '\ufffd'));
      }),
    );
  });

  const CASES: readonly (readonly [string, unknown])[] = [
    ["CONCAT_WS(',', NULL, NULL)", ''],
    ["CONCAT_WS(NULL, 'a')", null],
    ["OVERLAY('abcdef' PLACING 'X' FROM 2 FOR 3)", 'aXef'],
    ["OVERLAY('abc' PLACING 'X' FROM 9)", 'abc'],
    ["SPLIT_INDEX('a,,b,', ',', 1)", ''],
    ["SPLIT_INDEX('a,,b,', ',', 3)", ''],
    ["SPLIT_INDEX('a--b', '--', 1)", 'b'],
    ["SPLIT_INDEX('a,b', ',', -1)", null],
    ["SPLIT_INDEX('a,b', ',', 5)", null],
    ["ELT(3, 'a', 'b')", null],
    ["REGEXP_EXTRACT('a', 'b')", null],
    ["REGEXP_EXTRACT_ALL('x1y2', '[a-z]([0-9])')", ['1', '2']],
    ["REGEXP_REPLACE('a1', '([a-z])', '$1')", '$11'],
    ["REGEXP_COUNT('aaa', '')", 4],
    ["'Delta' RLIKE 'x'", undefined],
    ["PARSE_URL('https://u:p@h.org:8/p/a?q=1&r#f', 'HOST')", 'h.org'],
    ["PARSE_URL('https://u:p@h.org:8/p/a?q=1&r#f', 'USERINFO')", 'u:p'],
    ["PARSE_URL('https://h.org/p/a?q=1&r#f', 'FILE')", '/p/a?q=1&r'],
    ["URL_DECODE(URL_ENCODE('~a b/ü'))", '~a b/ü'],
    ["URL_DECODE('%')", null],
    ["PRINTF('%+d %x %X %o', 7, 255, -1, 8)", '+7 ff FFFFFFFF 10'],
    [
      "PRINTF('%,.1f|%e|%10s|%c|%b|%%', 1234567.25, 1.5, 'a', 'xy', TRUE)",
      '1,234,567.3|1.500000e+00|         a|x|true|%',
    ],
    ["PRINTF('%s %s', NULL, d)", 'null 10.50'],
    ['HEX(-1)', 'FFFFFFFFFFFFFFFF'],
    ['BIN(9223372036854775807)', '1'.repeat(63)],
    ["'a' IS JSON", false],
    ['CAST(NULL AS STRING) IS NOT JSON', true],
    ['n IS UNKNOWN', undefined],
    ['(n > 1) IS UNKNOWN', true],
    ["EXTRACT(ISOYEAR FROM TIMESTAMP '2021-01-03')", 2020],
  ];
  for (const [text, expected] of CASES)
    if (expected !== undefined) it(text, () => assert.deepEqual(value(text), expected));
});

describe('JSON', () => {
  const DOCUMENT = `'{"a":{"b":[1,{"c":"x"}]},"n":null,"big":12345678901234567890,"k k":true,"s":"7"}'`;
  const CASES: readonly (readonly [string, unknown])[] = [
    [`JSON_VALUE(${DOCUMENT}, '$.a.b[0]')`, '1'],
    [`JSON_VALUE(${DOCUMENT}, '$."k k"' RETURNING BOOLEAN)`, true],
    [`JSON_VALUE(${DOCUMENT}, '$.big')`, '12345678901234567890'],
    [`JSON_VALUE(${DOCUMENT}, '$.big' RETURNING DECIMAL(20, 0))`, '12345678901234567890'],
    [`JSON_VALUE(${DOCUMENT}, '$.n')`, null],
    [`JSON_VALUE(${DOCUMENT}, '$.a')`, null],
    [`JSON_VALUE(${DOCUMENT}, 'lax $.zzz' DEFAULT 'none' ON EMPTY)`, 'none'],
    [`JSON_VALUE(${DOCUMENT}, '$.zzz' DEFAULT 'none' ON EMPTY)`, null],
    [`JSON_VALUE(${DOCUMENT}, '$.zzz' RETURNING INT NULL ON EMPTY DEFAULT -1 ON ERROR)`, -1],
    [`JSON_VALUE(${DOCUMENT}, '$.s' RETURNING INT)`, 7],
    ["JSON_VALUE('no json', '$' DEFAULT 'bad' ON ERROR)", 'bad'],
    [`JSON_VALUE(${DOCUMENT}, 'lax $.a.b.c')`, 'x'],
    [`JSON_QUERY(${DOCUMENT}, '$.a.b[1]')`, '{"c":"x"}'],
    [`JSON_QUERY(${DOCUMENT}, '$.a.b[0]')`, null],
    [`JSON_QUERY(${DOCUMENT}, '$.a.b[0]' WITH WRAPPER)`, '[1]'],
    [`JSON_QUERY(${DOCUMENT}, '$.a.b' WITH CONDITIONAL WRAPPER)`, '[1,{"c":"x"}]'],
    [`JSON_QUERY(${DOCUMENT}, 'lax $.zzz' EMPTY ARRAY ON EMPTY)`, '[]'],
    [`JSON_QUERY('{"a":["x",null]}', '$.a' RETURNING ARRAY<STRING>)`, ['x', null]],
    [`JSON_QUERY('[{"a":1},{"a":2}]', '$[*].a' WITH ARRAY WRAPPER)`, '[1,2]'],
    [`JSON_EXISTS(${DOCUMENT}, '$.n')`, true],
    [`JSON_EXISTS(${DOCUMENT}, 'strict $.zzz')`, false],
    [`JSON_EXISTS(${DOCUMENT}, 'strict $.zzz' TRUE ON ERROR)`, true],
    [`JSON_EXISTS(${DOCUMENT}, '$.zzz' UNKNOWN ON ERROR)`, null],
    [
      "JSON_OBJECT('a' VALUE d, KEY 'b' VALUE JSON_ARRAY(1, NULL), 'c' VALUE n)",
      '{"a":10.50,"b":[1],"c":null}',
    ],
    ['JSON_ARRAY(NULL, big NULL ON NULL)', '[null,4611686018427387904]'],
    ['JSON_STRING(r)', '{"id":7,"inner":{"name":"x"}}'],
    [`JSON_UNQUOTE('"bad')`, '"bad'],
  ];
  for (const [text, expected] of CASES) it(text, () => assert.deepEqual(value(text), expected));

  it('refuses what is not its subset', () => {
    assert.match(fault("JSON_VALUE('{}', '$.a[?(@.b)]')"), /not a path/);
    assert.match(fault("JSON_VALUE('{}', '$.a' RETURNING ROW<a INT>)"), /does not take/);
    assert.match(fault("UPPER('a' NULL ON NULL)"), /no clauses/);
    assert.match(fault('JSON_OBJECT(1, 2)'), /keys with values/);
    assert.throws(() => value("JSON_VALUE('{}', 'lax $.a' ERROR ON EMPTY)"), /nothing at/);
    assert.throws(() => value("JSON_VALUE('{', '$.a' ERROR ON ERROR)"), RowError);
  });
});

it('there are 120 functions that Flink has, each with a line, an example and a name of its own', () => {
  const names = FUNCTIONS.map((f) => f.name);
  assert.equal(new Set(names).size, names.length);
  assert.ok(names.length >= 130, `${names.length}`);
  assert.deepEqual(
    FUNCTIONS.filter((f) => f.reference === '' || !f.signature.startsWith(f.name.split('_TO')[0] ?? '')).map(
      (f) => f.name,
    ),
    [],
  );
});

it('all faults that do not depend on each other are told', () => {
  assert.match(fault('UPER(s) = 1 AND delai > 60 AND a[0] = 1'), /T-FUNCTION|T-FIELD.*T-FIELD.*T-TYPE/);
  const result = checkExpression('nme = 1 OR dela > 60', FIELDS);
  assert.deepEqual(result.ok ? [] : result.problems.map((p) => p.span?.from), [0, 11]);
});
