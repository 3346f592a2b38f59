/** Finds nodes on the canvas: the one that is looked at is selected and in the middle. */
import { useState } from 'react';
import { specOf } from '../../../engine/specs.ts';
import { t } from '../../app/strings/index.ts';
import { nodeText } from '../../app/strings/spec-text.ts';
import { useDocument, useStudio, useUi } from '../../app/studio-context.ts';
import './search.css';
import { matchingNodes } from './matches.ts';

export function SearchBar() {
  const isOpen = useUi((state) => state.searching);
  return isOpen ? <OpenBar /> : null;
}

function OpenBar() {
  const studio = useStudio();
  const document = useDocument((state) => state.document);
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const found = matchingNodes(document, text, typeLabel);
  const show = (index: number, ids: readonly string[] = found): void => {
    const id = ids[index];
    setAt(index);
    if (id === undefined) return;
    studio.selection.setState({ nodes: new Set([id]), edges: new Set() });
    studio.canvas?.reveal(id);
  };
  const step = (by: number): void => {
    if (found.length > 0) show((at + by + found.length) % found.length);
  };
  const close = (): void => studio.ui.setState({ searching: false });
  return (
    <search className="canvas-search">
      <input
        className="input"
        // biome-ignore lint/a11y/noAutofocus: a bar that was opened to type into
        autoFocus
        aria-label={t('search.label')}
        placeholder={t('search.label')}
        spellCheck={false}
        value={text}
        onChange={(event) => {
          const next = event.target.value;
          setText(next);
          show(0, matchingNodes(document, next, typeLabel));
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') close();
          if (event.key === 'Enter') step(event.shiftKey ? -1 : 1);
        }}
      />
      <span className="muted num" role="status">
        {text.trim() === ''
          ? ''
          : found.length === 0
            ? t('search.none')
            : t('search.count', { at: at + 1, of: found.length })}
      </span>
      <button type="button" className="tool" aria-label={t('search.previous')} onClick={() => step(-1)}>
        ↑
      </button>
      <button type="button" className="tool" aria-label={t('search.next')} onClick={() => step(1)}>
        ↓
      </button>
      <button type="button" className="tool" aria-label={t('search.close')} onClick={close}>
        ×
      </button>
    </search>
  );
}

function typeLabel(type: string): string {
  const spec = specOf(type);
  return spec === null ? type : nodeText(spec.label);
}
