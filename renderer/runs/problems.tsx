/** Everything that is wrong, of the document and of the run, with the way to where it is. */
import { nodeOf, type Problem, printPath } from '../../engine/contract/problems.ts';
import { specOf } from '../../engine/specs.ts';
import { t } from '../app/strings/index.ts';
import { nodeText } from '../app/strings/spec-text.ts';
import { useDocument, useRun, useStudio } from '../app/studio-context.ts';
import { selectNodes } from '../store/selection.ts';
import type { Studio } from '../store/studio.ts';
import { focusPath } from '../store/ui.ts';
import { EmptyState } from '../ui/empty-state.tsx';

/** More would not be read, and would be slow to draw. */
const SHOWN_MAX = 200;

/** Selects the node, moves the canvas to it, and focuses the setting. */
function jump(studio: Studio, problem: Problem): void {
  const node = nodeOf(problem);
  if (node === null) return;
  selectNodes(studio.selection, [node]);
  studio.canvas?.reveal(node);
  focusPath(studio.ui, problem.path);
}

export function Problems() {
  const studio = useStudio();
  const ofDocument = useDocument((state) => state.graph.problems);
  const ofRun = useRun((state) => state.problems);
  const nodes = useDocument((state) => state.document.nodes);
  const known = new Set(ofDocument.map(keyOf));
  const list = [
    ...ofDocument.map((problem) => ({ problem, run: false })),
    // A run that was refused says what the document's own check says already.
    ...ofRun.filter((problem) => !known.has(keyOf(problem))).map((problem) => ({ problem, run: true })),
  ];
  if (list.length === 0) return <EmptyState title={t('problems.none')} text={t('problems.noneText')} />;
  const place = (problem: Problem, run: boolean): string => {
    const node = nodeOf(problem);
    if (node === null) return t(run ? 'problems.ofRun' : 'problems.document');
    return nodes[node]?.name ?? nodeText(specOf(nodes[node]?.type ?? '')?.label ?? node);
  };
  return (
    <ul className="problem-list">
      {list.slice(0, SHOWN_MAX).map(({ problem, run }, i) => {
        const node = nodeOf(problem);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: two problems may be the same in every word
          <li key={`${i} ${keyOf(problem)}`} data-severity={problem.severity}>
            <i
              className="problem-mark"
              role="img"
              aria-label={t(problem.severity === 'error' ? 'problems.error' : 'problems.warning')}
            />
            <div className="problem-text">
              <p>
                <b>{place(problem, run)}</b> {problem.message}
              </p>
              <p className="problem-more">
                {problem.value !== undefined && (
                  <span>
                    <small>{t('problem.value')}</small> <code>{problem.value}</code>
                  </span>
                )}
                {problem.expected !== undefined && (
                  <span>
                    <small>{t('problem.expected')}</small> {problem.expected}
                  </span>
                )}
                {problem.next !== undefined && (
                  <span>
                    <small>{t('problem.next')}</small> {problem.next}
                  </span>
                )}
              </p>
              <p className="problem-where mono faint">
                {problem.code} {printPath(problem.path)}
              </p>
            </div>
            {node !== null && Object.hasOwn(nodes, node) && (
              <button type="button" className="btn small" onClick={() => jump(studio, problem)}>
                {t('problems.go')}
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}

const keyOf = (problem: Problem): string => `${problem.code} ${printPath(problem.path)} ${problem.message}`;
