/** A command: buttons, menus, shortcuts and the command list are all made from these. */
import type { TextKey } from '../app/strings/index.ts';
import type { Studio } from '../store/studio.ts';

export interface Action {
  readonly id: string;
  label(studio: Studio): TextKey;
  /** Path data on a 16 × 16 grid. */
  readonly icon: string;
  /** `Mod+Shift+S`: Mod is Cmd on a Mac, Ctrl elsewhere. The first is shown. */
  readonly shortcuts?: readonly string[];
  /** Text fields keep this key for themselves while they have the focus. */
  readonly notInText?: boolean;
  /** The browser's own copy and paste events do it; the shortcut is only shown. */
  readonly byEvent?: boolean;
  when(studio: Studio): boolean;
  /** What it returns is awaited, and of no meaning. */
  perform(studio: Studio): unknown;
}
