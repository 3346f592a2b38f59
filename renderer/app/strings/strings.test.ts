import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { languageFor } from '../language.ts';
import { en } from './en.ts';
import { onLanguage, setLanguage, type TextKey, t } from './index.ts';
import { ja } from './ja.ts';

const KEYS = Object.keys(en) as TextKey[];
const places = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();
/** The same in both languages: names, signs, and standards. */
const SAME: ReadonlySet<TextKey> = new Set([
  'app.name',
  'start.title',
  'row.none',
  'status.zone.utc',
  'preferences.utc',
  'schema.formatHint',
  'action.languageEn',
  'checkpoints.number',
]);

afterEach(() => setLanguage('en'));

test('Japanese has the keys of English and no others, none of them empty', () => {
  assert.deepEqual(Object.keys(ja).sort(), [...KEYS].sort());
  for (const key of KEYS) assert.notEqual(ja[key].trim(), '', key);
});

test('each Japanese text has the placeholders of the English one', () => {
  for (const key of KEYS) assert.deepEqual(places(ja[key]), places(en[key]), key);
});

test('every text is Japanese, but for names and signs', () => {
  for (const key of KEYS) {
    if (SAME.has(key)) continue;
    assert.match(ja[key], /[\p{scx=Hiragana}\p{scx=Katakana}\p{sc=Han}]/u, `${key}: ${ja[key]}`);
  }
});

test('no half-width katakana, no blanks between Japanese and Latin letters, no English punctuation after Japanese', () => {
  const wide = '[\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Han}]';
  for (const key of KEYS) {
    const text = ja[key];
    assert.doesNotMatch(text, /[\uff61-\uff9f]/, key);
    assert.doesNotMatch(text, new RegExp(`${wide} [A-Za-z]|[A-Za-z] ${wide}`, 'u'), `${key}: ${text}`);
    assert.doesNotMatch(text, new RegExp(`${wide}[,.:;?!()](?![a-z])`, 'u'), `${key}: ${text}`);
  }
});

test('a text changes with the language, and whoever draws is told once', () => {
  let told = 0;
  const off = onLanguage(() => told++);
  setLanguage('ja');
  setLanguage('ja');
  assert.equal(t('start.nodes', { count: 7 }), 'ノード7個');
  assert.equal(told, 1);
  off();
  setLanguage('en');
  assert.equal(t('start.nodes', { count: 7 }), '7 nodes');
  assert.equal(told, 1);
});

test('the choice, else the first of the system’s languages that there is', () => {
  assert.equal(languageFor('en', ['ja-JP']), 'en');
  assert.equal(languageFor('ja', ['en-US']), 'ja');
  assert.equal(languageFor('system', ['de-DE', 'ja-JP', 'en-US']), 'ja');
  assert.equal(languageFor('system', ['ja']), 'ja');
  assert.equal(languageFor('system', ['en-US@posix', 'ja']), 'en');
  assert.equal(languageFor('system', ['fr', 'jav']), 'en');
  assert.equal(languageFor('system', []), 'en');
});
