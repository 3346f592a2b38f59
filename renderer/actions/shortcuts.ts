/** Key presses → shortcuts. Pure but for the event's shape. */
import type { Action } from './action.ts';

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

export function matches(shortcut: string, press: KeyPress, mac: boolean): boolean {
  const parts = shortcut.split('+');
  const key = parts.at(-1) ?? '';
  const mod = parts.includes('Mod');
  return (
    press.key.toLowerCase() === key.toLowerCase() &&
    (mac ? press.metaKey : press.ctrlKey) === mod &&
    (mac ? press.ctrlKey : press.metaKey) === false &&
    // `?` and `+` are typed with Shift on some keyboards: only letters and names say whether it counts.
    (key.length === 1 && !/[a-z0-9]/i.test(key) ? true : press.shiftKey === parts.includes('Shift')) &&
    press.altKey === parts.includes('Alt')
  );
}

/** The action that a key press asks for, or null. */
export function actionFor(
  actions: readonly Action[],
  press: KeyPress,
  { mac, inText }: { readonly mac: boolean; readonly inText: boolean },
): Action | null {
  return (
    actions.find(
      (action) =>
        action.byEvent !== true &&
        !(inText && action.notInText === true) &&
        (action.shortcuts ?? []).some((shortcut) => matches(shortcut, press, mac)),
    ) ?? null
  );
}

/** `⌘⇧S` on a Mac, `Ctrl Shift S` elsewhere. */
export function printShortcut(shortcut: string, mac: boolean): string {
  const parts = shortcut.split('+').map((part) => (part.length === 1 ? part.toUpperCase() : part));
  if (!mac) return parts.map((part) => (part === 'Mod' ? 'Ctrl' : part)).join(' ');
  const signs: Record<string, string> = {
    Mod: '⌘',
    Shift: '⇧',
    Alt: '⌥',
    Backspace: '⌫',
    Delete: '⌦',
    Enter: '↩',
  };
  return parts.map((part) => signs[part] ?? part).join('');
}
