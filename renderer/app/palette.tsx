/** Every node type, in groups; dragged onto the canvas or an edge, or added by Enter. */
import { useEffect, useRef, useState } from 'react';
import type { NodeSpec } from '../../engine/contract/spec.ts';
import { SPECS } from '../../engine/specs.ts';
import { addNode, spliceInto } from '../canvas/add-node.ts';
import { endTypeDrag, startTypeDrag } from '../canvas/drag-state.ts';
import { CARD_WIDTH, snap } from '../canvas/place.ts';
import { onlyEdge } from '../store/selection.ts';
import type { Studio } from '../store/studio.ts';
import { Icon } from '../ui/icon.tsx';
import { findSpecs } from './find-specs.ts';
import { paletteSections } from './palette-sections.ts';
import { t } from './strings/index.ts';
import { nodeText } from './strings/spec-text.ts';
import { useStudio } from './studio-context.ts';

export function Palette() {
  const [text, setText] = useState('');
  const studio = useStudio();
  const search = useRef<HTMLInputElement>(null);
  const found = findSpecs(SPECS, text);
  useEffect(() => {
    const focus = (event: KeyboardEvent): void => {
      const busy =
        event.target instanceof HTMLElement && event.target.closest('input, textarea, select') !== null;
      if (event.key !== '/' || busy || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      search.current?.select();
    };
    window.addEventListener('keydown', focus);
    return () => window.removeEventListener('keydown', focus);
  }, []);
  return (
    <nav className="palette" aria-label={t('palette.label')}>
      <div className="palette-search">
        <input
          ref={search}
          className="input"
          type="search"
          placeholder={t('palette.search')}
          aria-label={t('palette.search')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setText('');
            const [first] = found;
            if (event.key === 'Enter' && text !== '' && first !== undefined) addByKeyboard(studio, first);
          }}
        />
        {text === '' && <kbd>/</kbd>}
      </div>
      <div className="palette-list">
        {paletteSections(found).map(({ name, specs }) => (
          <details key={name} open>
            <summary>
              <h2>{t(`palette.${name}`)}</h2>
            </summary>
            {specs.map((spec) => (
              <PaletteItem key={spec.type} spec={spec} />
            ))}
          </details>
        ))}
        {found.length === 0 && <p className="palette-none">{t('palette.none', { text })}</p>}
      </div>
      <p className="palette-hint">{t('palette.hint')}</p>
    </nav>
  );
}

/** In the middle of what is seen; an operator into the selected edge, as a drop onto it would. */
function addByKeyboard(studio: Studio, spec: NodeSpec): void {
  const centre = studio.canvas?.centre() ?? { x: 0, y: 0 };
  const at = snap({ x: centre.x - CARD_WIDTH / 2, y: centre.y - 60 });
  const edge = onlyEdge(studio.selection.getState());
  if (edge !== null && spec.kind === 'operator') spliceInto(studio, edge, spec.type, at);
  else addNode(studio, spec.type, at);
}

function PaletteItem({ spec }: { spec: NodeSpec }) {
  const studio = useStudio();
  const add = (): void => addByKeyboard(studio, spec);
  return (
    <button
      type="button"
      className="palette-item"
      data-kind={spec.kind}
      data-type={spec.type}
      draggable
      title={nodeText(spec.summary)}
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = 'copy';
        event.dataTransfer.setData('application/x-weir-node', spec.type);
        startTypeDrag(spec.type);
      }}
      onDragEnd={endTypeDrag}
      onDoubleClick={add}
      onKeyDown={(event) => {
        if (event.key === 'Enter') add();
      }}
    >
      <Icon path={spec.icon} />
      {nodeText(spec.label)}
    </button>
  );
}
