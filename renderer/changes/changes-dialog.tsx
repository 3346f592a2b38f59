/** What differs between the edit and its file, or what runs; each change with the way to it, and most with the way back. */
import { useMemo } from 'react';
import { type GraphDocument, parseEndpoint } from '../../engine/contract/document.ts';
import { type Change, diffDocuments, isLogic } from '../../engine/plan/diff.ts';
import { t } from '../app/strings/index.ts';
import { useDocument, useRun, useStudio } from '../app/studio-context.ts';
import { edit } from '../store/document.ts';
import { isActive } from '../store/run.ts';
import { selectNodes } from '../store/selection.ts';
import type { Studio } from '../store/studio.ts';
import { type Against, focusPath } from '../store/ui.ts';
import { Modal } from '../ui/modal.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { type Group, groupChanges, type Said } from './say.ts';
import { takeBack } from './take-back.ts';

/** More would not be read, and would be slow to draw. */
const GROUPS_MAX = 200;

export function ChangesDialog({ against }: { against: Against }) {
  const studio = useStudio();
  const now = useDocument((state) => state.document);
  const saved = useDocument((state) => state.saved);
  const ran = useRun((state) => (isActive(state.status) ? state.document : null));
  const compared = against === 'run' && ran !== null ? 'run' : 'saved';
  const before = compared === 'run' ? ran : saved;
  const changes = useMemo(() => (before === null ? [] : diffDocuments(before, now)), [before, now]);
  const close = (): void => studio.ui.setState({ dialog: null });
  return (
    <Modal label={t('changes.title')} close={close}>
      <div className="modal-body changes">
        <h2>{t('changes.title')}</h2>
        {ran !== null && (
          <Segmented
            label={t('changes.against')}
            value={compared}
            options={[
              { value: 'saved', label: t('changes.saved') },
              { value: 'run', label: t('changes.run') },
            ]}
            onChange={(next) => studio.ui.setState({ dialog: { kind: 'changes', against: next as Against } })}
          />
        )}
        <p className="muted" role="status">
          {summary(before, changes, compared)}
        </p>
        {before !== null && (
          <div className="changes-list">
            {groupChanges(changes, before, now)
              .slice(0, GROUPS_MAX)
              .map((group) => (
                <ChangeGroup key={group.key} group={group} before={before} now={now} />
              ))}
          </div>
        )}
      </div>
      <div className="modal-buttons">
        <span className="spring" />
        <button type="button" className="btn primary" onClick={close}>
          {t('changes.close')}
        </button>
      </div>
    </Modal>
  );
}

function summary(before: GraphDocument | null, changes: readonly Change[], against: Against): string {
  if (before === null) return t('changes.neverSaved');
  if (changes.length === 0) return t(against === 'run' ? 'changes.noneRun' : 'changes.noneSaved');
  return changes.some(isLogic) ? '' : t('changes.sameLogic');
}

function ChangeGroup({ group, before, now }: { group: Group; before: GraphDocument; now: GraphDocument }) {
  const studio = useStudio();
  const { node } = group;
  return (
    <section>
      <h3>
        {node === null ? (
          group.title
        ) : (
          <button
            type="button"
            className="link"
            title={t('changes.go', { name: group.title })}
            onClick={() => jump(studio, node, group.changes[0]?.change)}
          >
            {group.title}
          </button>
        )}
        {group.key.startsWith('node ') && <span className="mono faint">{group.key.slice(5)}</span>}
      </h3>
      <ul>
        {group.changes.map((said, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: of a list, several items may be gone from one place
          <ChangeRow key={`${i} ${said.what}`} said={said} title={group.title} before={before} now={now} />
        ))}
      </ul>
    </section>
  );
}

function ChangeRow({
  said,
  title,
  before,
  now,
}: {
  said: Said;
  title: string;
  before: GraphDocument;
  now: GraphDocument;
}) {
  const studio = useStudio();
  const { change, what, mark, values } = said;
  const edits = takeBack(change, before, now);
  const end = 'edge' in change ? nodeAtEnd(change.edge, now) : null;
  return (
    <li data-mark={mark}>
      <span className="change-mark mono" aria-hidden="true">
        {mark}
      </span>
      <span className="change-text">
        {end === null ? (
          <span className="change-what">{what}</span>
        ) : (
          <button type="button" className="link change-what" onClick={() => jump(studio, end)}>
            {what}
          </button>
        )}
        {values !== null && (
          <>
            <del className="mono">{values.before}</del>
            <span className="faint" role="img" aria-label={t('changes.becomes')}>
              →
            </span>
            <ins className="mono">{values.after}</ins>
          </>
        )}
      </span>
      {edits !== null && (
        <button
          type="button"
          className="btn small"
          aria-label={t('changes.takeBackOf', { what: `${title}, ${what}` })}
          onClick={() => edit(studio.document, edits)}
        >
          {t('changes.takeBack')}
        </button>
      )}
    </li>
  );
}

const nodeAtEnd = ({ from, to }: { from: string; to: string }, { nodes }: GraphDocument): string | null =>
  [to, from].map((end) => parseEndpoint(end).node).find((id) => Object.hasOwn(nodes, id)) ?? null;

/** Selects the node, moves the canvas to it, and focuses the setting. */
function jump(studio: Studio, node: string, change?: Change): void {
  studio.ui.setState({ dialog: null });
  selectNodes(studio.selection, [node]);
  studio.canvas?.reveal(node);
  if (change?.kind === 'setting') focusPath(studio.ui, ['nodes', node, 'config', ...change.path]);
}
