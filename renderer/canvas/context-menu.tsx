/** The few commands that fit what was clicked, at the pointer. */
import { useEffect, useRef } from 'react';
import type { Action } from '../actions/action.ts';
import {
  arrangeAction,
  copyAction,
  deleteAction,
  duplicateAction,
  pasteAction,
  selectAllAction,
} from '../actions/edit-actions.ts';
import { printShortcut } from '../actions/shortcuts.ts';
import { fitAction } from '../actions/view-actions.ts';
import { t } from '../app/strings/index.ts';
import { useStudio } from '../app/studio-context.ts';
import { Icon } from '../ui/icon.tsx';

export interface MenuAt {
  /** Of the window. */
  readonly x: number;
  readonly y: number;
  readonly on: 'node' | 'edge' | 'pane';
}

const ACTIONS: Readonly<Record<MenuAt['on'], readonly Action[]>> = {
  node: [copyAction, duplicateAction, deleteAction],
  edge: [deleteAction],
  pane: [pasteAction, selectAllAction, fitAction, arrangeAction],
};

/** px; room that the menu needs before the window ends. */
const MENU_WIDTH = 210;
const MENU_HEIGHT = 130;

export function ContextMenu({ at, close }: { at: MenuAt; close: () => void }) {
  const studio = useStudio();
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => {
    menu.current?.querySelector('button')?.focus();
    const away = (event: Event): void => {
      if (!(event.target instanceof Node && menu.current?.contains(event.target))) close();
    };
    window.addEventListener('pointerdown', away, true);
    window.addEventListener('wheel', away, true);
    return () => {
      window.removeEventListener('pointerdown', away, true);
      window.removeEventListener('wheel', away, true);
    };
  }, [close]);
  const mac = studio.capabilities.platform === 'darwin';
  return (
    <div
      className="menu"
      role="menu"
      tabIndex={-1}
      ref={menu}
      style={{
        left: Math.min(at.x, innerWidth - MENU_WIDTH),
        top: Math.min(at.y, innerHeight - MENU_HEIGHT),
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') close();
        const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
        if (step === 0) return;
        event.preventDefault();
        const items = [...event.currentTarget.querySelectorAll('button')];
        const now = items.indexOf(document.activeElement as HTMLButtonElement);
        items[(now + step + items.length) % items.length]?.focus();
      }}
    >
      {ACTIONS[at.on].map((action) => (
        <button
          key={action.id}
          type="button"
          role="menuitem"
          disabled={!action.when(studio)}
          onClick={() => {
            close();
            void action.perform(studio);
          }}
        >
          <Icon path={action.icon} />
          <span>{t(action.label(studio))}</span>
          {action.shortcuts?.[0] !== undefined && <kbd>{printShortcut(action.shortcuts[0], mac)}</kbd>}
        </button>
      ))}
    </div>
  );
}
