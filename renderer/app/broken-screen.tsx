/** A file that is no document: what is wrong, where, and what to do. The file itself is left as it is. */
import { type Problem, printPath } from '../../engine/contract/problems.ts';
import type { BrokenFile } from '../store/document.ts';
import { Notice } from './banner.tsx';
import { closeFile, openPath } from './files.ts';
import { Mark } from './mark.tsx';
import { t } from './strings/index.ts';
import { useStudio } from './studio-context.ts';

/** More would not be read; the first ones matter. */
const SHOWN_MAX = 50;

export function BrokenScreen({ broken }: { broken: BrokenFile }) {
  const studio = useStudio();
  const { path } = broken;
  return (
    <main className="screen">
      <Notice />
      <div className="screen-inner broken">
        <h1>
          <Mark size={28} />
          {t('broken.title', { name: broken.fileName })}
        </h1>
        <p className="muted">{t('broken.text')}</p>
        {path !== null && <p className="mono muted">{path}</p>}
        <ul>
          {broken.problems.slice(0, SHOWN_MAX).map((problem) => (
            <li key={`${printPath(problem.path)} ${problem.code} ${problem.message}`}>
              <ProblemCard problem={problem} />
            </li>
          ))}
        </ul>
        <p className="screen-buttons">
          {path !== null && (
            <button type="button" className="btn primary" onClick={() => void openPath(studio, path)}>
              {t('broken.again')}
            </button>
          )}
          <button type="button" className="btn" onClick={() => void closeFile(studio)}>
            {t('broken.back')}
          </button>
        </p>
      </div>
    </main>
  );
}

function ProblemCard({ problem }: { problem: Problem }) {
  const rows = [
    [t('problem.at'), problem.path.length === 0 ? undefined : printPath(problem.path)],
    [t('problem.value'), problem.value],
    [t('problem.expected'), problem.expected],
    [t('problem.next'), problem.next],
  ] as const;
  return (
    <article className="problem-card" data-severity={problem.severity}>
      <header>
        <b>{problem.message}</b>
        <span className="mono faint">{problem.code}</span>
      </header>
      <dl>
        {rows.map(([label, text]) =>
          text === undefined ? null : (
            <div key={label}>
              <dt>{label}</dt>
              <dd className={label === t('problem.at') || label === t('problem.value') ? 'mono' : ''}>
                {text}
              </dd>
            </div>
          ),
        )}
      </dl>
    </article>
  );
}
