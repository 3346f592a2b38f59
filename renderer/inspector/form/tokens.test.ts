import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FUNCTION_NAMES } from './functions.ts';
import { completionsAt, quoted, tokensOf } from './tokens.ts';

const colours = (text: string) =>
  tokensOf(text, new Set(['delay', 'origin']))
    .filter(({ kind }) => kind !== 'other')
    .map(({ kind, from, to }) => `${kind} ${text.slice(from, to)}`);

describe('tokens', () => {
  it('tell fields, functions, keywords and values apart', () => {
    assert.deepEqual(colours("abs(delay) > 1.5e3 AND origin LIKE 'it''s %' -- why"), [
      'function abs',
      'field delay',
      'number 1.5e3',
      'keyword AND',
      'field origin',
      'keyword LIKE',
      "string 'it''s %'",
      'comment -- why',
    ]);
  });

  it('cover the whole text once, also where it is half written', () => {
    for (const text of ["delay > 'abc", '`a b', 'x +', '', '((', '"q"""', 'é1 = 2']) {
      const tokens = tokensOf(text, new Set());
      assert.equal(tokens.map(({ from, to }) => text.slice(from, to)).join(''), text);
    }
  });
});

describe('completion', () => {
  const fields = [
    { name: 'delay', note: 'INT' },
    { name: 'destination', note: 'STRING' },
    { name: 'air line', note: 'STRING' },
  ];
  const functions = [
    { name: 'ABS', note: 'ABS(x)' },
    { name: 'DEGREES', note: 'DEGREES(x)' },
  ];
  const at = (text: string) => completionsAt(text, text.length, fields, functions).options.map((o) => o.text);

  it('gives fields, then functions, that begin with the word', () => {
    assert.deepEqual(at('1 + de'), ['delay', 'destination', 'DEGREES(']);
    assert.deepEqual(at('DES'), ['destination']);
  });

  it('offers functions and forms by name, each as it begins', () => {
    const offered = (text: string) =>
      completionsAt(text, text.length, [], FUNCTION_NAMES).options.map((o) => o.text);
    assert.deepEqual(offered('cas'), ['CASE ', 'CAST(']);
    assert.ok(offered('co').includes('COALESCE(') && offered('co').includes('CONCAT('));
  });

  it('quotes what is no plain name', () => {
    assert.deepEqual(at('ai'), ['`air line`']);
    assert.equal(quoted('end'), '`end`');
  });

  it('is silent within strings, after a whole name or keyword, and without a word', () => {
    assert.deepEqual(
      completionsAt('CASE WHEN a THEN b END', 22, [], [{ name: 'ENDSWITH', note: '' }]).options,
      [],
    );
    assert.deepEqual(at("origin = 'de"), []);
    assert.deepEqual(at('delay'), []);
    assert.deepEqual(at('delay + '), []);
  });
});
