import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { codeTokens } from './code-tokens.ts';
import { FUNCTION_NAMES } from './functions.ts';
import { patternCompletions, patternTokens } from './pattern-tokens.ts';
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

describe('names before a dot', () => {
  const kinds = (text: string, variables: readonly string[]) =>
    tokensOf(text, new Set(), new Set(variables))
      .filter(({ kind }) => kind !== 'other')
      .map(({ kind, from, to }) => `${kind} ${text.slice(from, to)}`);

  it('are sides of a join, though LEFT is a keyword and a function too', () => {
    assert.deepEqual(kinds("left.id = LEFT('ab', 1)", ['left', 'right']), [
      'variable left',
      'field id',
      'function LEFT',
      "string 'ab'",
      'number 1',
    ]);
  });

  it('are variables of a pattern', () => {
    assert.deepEqual(kinds('LAST(A.price) > 1', ['A']), [
      'function LAST',
      'variable A',
      'field price',
      'number 1',
    ]);
    const pattern = 'A B{2,3}? (C | D)+ -- end';
    assert.deepEqual(
      patternTokens(pattern)
        .filter(({ kind }) => kind !== 'other')
        .map(({ kind, from, to }) => `${kind} ${pattern.slice(from, to)}`),
      [
        'variable A',
        'variable B',
        'keyword {2,3}?',
        'variable C',
        'keyword |',
        'variable D',
        'keyword +',
        'comment -- end',
      ],
    );
  });

  it('complete to fields behind them, also by the name of the field alone', () => {
    const names = [
      { name: 'left.price', note: 'INT', text: 'left.price' },
      { name: 'right.price', note: 'INT', text: 'right.price' },
      { name: 'right.end', note: 'INT', text: 'right.`end`' },
    ];
    const at = (text: string) => completionsAt(text, text.length, names, []).options.map((o) => o.text);
    assert.deepEqual(at('pri'), ['left.price', 'right.price']);
    assert.deepEqual(at('1 < right.'), ['right.price', 'right.`end`']);
    assert.deepEqual(at('right.e'), ['right.`end`']);
    assert.deepEqual(at('left.price'), []);
  });

  it('are offered in a pattern where a condition defines them', () => {
    const at = (text: string) =>
      patternCompletions(text, text.length, ['DOWN', 'UP']).options.map((o) => o.text);
    assert.deepEqual(at('START do'), ['DOWN']);
    assert.deepEqual(at('START '), []);
  });
});

describe('a program', () => {
  it('is coloured, also where it is half written', () => {
    const text = 'function f(x) { // y\n return `a{1}` + g(1.5)';
    assert.deepEqual(
      codeTokens(text)
        .filter(({ kind }) => kind !== 'other')
        .map(({ kind, from, to }) => `${kind} ${text.slice(from, to)}`),
      [
        'keyword function',
        'function f',
        'comment // y',
        'keyword return',
        'string `a{1}`',
        'function g',
        'number 1.5',
      ],
    );
    for (const broken of ['/* a', '`a', "'a\n b", '1n', 'é()'])
      assert.equal(
        codeTokens(broken)
          .map(({ from, to }) => broken.slice(from, to))
          .join(''),
        broken,
      );
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
