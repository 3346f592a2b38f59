import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExactNumber, parseJson, stringifyJson } from './json-text.ts';

test('numbers that a double holds are numbers, others keep their digits', () => {
  const json = parseJson(
    '{"a":9007199254740993,"b":1.5,"c":[0.10000000000000000001,9007199254740991],"d":1e400}',
  ) as {
    a: unknown;
    c: unknown[];
  };
  assert.ok(json.a instanceof ExactNumber && json.a.source === '9007199254740993');
  assert.equal((json.c[0] as ExactNumber).source, '0.10000000000000000001');
  assert.equal(json.c[1], 9007199254740991);
});

test('text → values → text', () => {
  const text = '{"b":[1,null,true,"x\\"y"],"a":{"n":-12345678901234567890.5,"e":{}},"z":[]}';
  assert.equal(stringifyJson(parseJson(text)), text);
});

test('own keys only', () => {
  assert.equal(
    stringifyJson(parseJson('{"__proto__":{"x":1234567890123456789}}')),
    '{"__proto__":{"x":1234567890123456789}}',
  );
  assert.equal(({} as Record<string, unknown>)['x'], undefined);
});
