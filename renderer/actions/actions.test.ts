import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SPECS } from '../../engine/specs.ts';
import { findSpecs } from '../app/find-specs.ts';
import { en } from '../app/strings/en.ts';
import { t } from '../app/strings/index.ts';
import { ACTIONS } from './index.ts';
import { actionFor, printShortcut } from './shortcuts.ts';

const press = (key: string, ...held: ('ctrl' | 'meta' | 'shift' | 'alt')[]) => ({
  key,
  ctrlKey: held.includes('ctrl'),
  metaKey: held.includes('meta'),
  shiftKey: held.includes('shift'),
  altKey: held.includes('alt'),
});
const idFor = (event: ReturnType<typeof press>, mac = false, inText = false) =>
  actionFor(ACTIONS, event, { mac, inText })?.id ?? null;

test('shortcuts use Ctrl here and Cmd on a Mac', () => {
  assert.equal(idFor(press('s', 'ctrl')), 'save');
  assert.equal(idFor(press('S', 'ctrl', 'shift')), 'save-as');
  assert.equal(idFor(press('s', 'meta')), null);
  assert.equal(idFor(press('s', 'meta'), true), 'save');
  assert.equal(idFor(press('z', 'ctrl')), 'undo');
  assert.equal(idFor(press('Z', 'ctrl', 'shift')), 'redo');
  assert.equal(idFor(press('Delete')), 'delete');
  assert.equal(idFor(press('.', 'ctrl')), 'stop');
});

test('a text field keeps the keys that it edits with, and no more', () => {
  for (const event of [press('Backspace'), press('z', 'ctrl'), press('a', 'ctrl')])
    assert.equal(idFor(event, false, true), null);
  assert.equal(idFor(press('s', 'ctrl'), false, true), 'save');
  assert.equal(idFor(press('Enter', 'ctrl'), false, true), 'run');
});

test('copy and paste are left to the browser, which brings the clipboard', () => {
  for (const key of ['c', 'x', 'v']) assert.equal(idFor(press(key, 'ctrl')), null);
});

test('no two actions share an id or a shortcut', () => {
  assert.equal(new Set(ACTIONS.map((a) => a.id)).size, ACTIONS.length);
  const shortcuts = ACTIONS.flatMap((a) => a.shortcuts ?? []);
  assert.equal(new Set(shortcuts).size, shortcuts.length);
});

test('shortcuts are printed as their system writes them', () => {
  assert.equal(printShortcut('Mod+Shift+s', false), 'Ctrl Shift S');
  assert.equal(printShortcut('Mod+Shift+s', true), '⌘⇧S');
});

test('a search finds types by label, type and summary', () => {
  assert.deepEqual(findSpecs(SPECS, ''), SPECS);
  assert.equal(findSpecs(SPECS, 'filt')[0]?.type, 'filter');
  assert.equal(findSpecs(SPECS, '  WINDOW ')[0]?.type, 'window');
  assert.deepEqual(findSpecs(SPECS, 'no such thing'), []);
});

test('texts have their values filled in, and none is empty', () => {
  assert.equal(t('node.problems.many', { count: 3 }), '3 problems');
  assert.equal(
    t('palette.none', { text: '{text}' }),
    'No node is called “{text}”. Clear the search to see all.',
  );
  for (const [key, text] of Object.entries(en)) assert.ok(text.trim().length > 0, key);
});
