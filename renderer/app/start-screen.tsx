/** With nothing open: examples, recent files, an empty canvas. */
import { useEffect, useState } from 'react';
import type { ExampleEntry, RecentEntry } from '../../engine/contract/host.ts';
import { parseDocument } from '../../engine/contract/parse.ts';
import type { Problem } from '../../engine/contract/problems.ts';
import { newAction, openAction } from '../actions/document-actions.ts';
import { Icon } from '../ui/icon.tsx';
import { EngineBanner, Notice } from './banner.tsx';
import { openCopy, openPath } from './files.ts';
import { Mark } from './mark.tsx';
import { t } from './strings/index.ts';
import { useStudio } from './studio-context.ts';
import { Thumbnail } from './thumbnail.tsx';

export function StartScreen() {
  const studio = useStudio();
  const [examples, setExamples] = useState<readonly ExampleEntry[]>([]);
  const [recent, setRecent] = useState<readonly RecentEntry[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    let gone = false;
    void studio.host.examples().then((result) => {
      if (gone) return;
      if (result.ok) setExamples(result.value);
      else setProblem(result.problem);
    });
    void studio.host.recent().then((result) => {
      if (!gone && result.ok) setRecent(result.value);
    });
    return () => {
      gone = true;
    };
  }, [studio]);
  return (
    <main className="screen">
      <EngineBanner />
      <Notice />
      <div className="screen-inner">
        <header className="start-head">
          <Mark size={32} />
          <div>
            <h1>{t('start.title')}</h1>
            <p className="muted">{t('start.lead')}</p>
          </div>
          <span className="spring" />
          {[newAction, openAction].map((action) => (
            <button key={action.id} type="button" className="btn" onClick={() => void action.perform(studio)}>
              <Icon path={action.icon} />
              {action === newAction ? t('start.empty') : t('start.open')}
            </button>
          ))}
        </header>
        <h2>{t('start.examples')}</h2>
        {problem !== null && (
          <p className="muted">
            {t('start.failed')} {problem.message} {problem.next}
          </p>
        )}
        <ul className="examples">
          {examples.map((example) => (
            <li key={example.fileName}>
              <Example example={example} open={() => void openCopy(studio, example.fileName, example.text)} />
            </li>
          ))}
        </ul>
        <h2>{t('start.recent')}</h2>
        {recent.length === 0 ? (
          <p className="muted">{t('start.noRecent')}</p>
        ) : (
          <ul className="recent">
            {recent.map((entry) => (
              <li key={entry.path}>
                <button type="button" onClick={() => void openPath(studio, entry.path)}>
                  <b>{entry.fileName}</b>
                  <span className="muted">{entry.path}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
        <p className="faint start-drop">{t('start.drop')}</p>
      </div>
    </main>
  );
}

function Example({ example, open }: { example: ExampleEntry; open: () => void }) {
  const parsed = parseDocument(example.text);
  const text = parsed.ok ? (parsed.value.description ?? '') : '';
  return (
    <button type="button" className="example" onClick={open}>
      {parsed.ok && <Thumbnail document={parsed.value} />}
      <span className="example-text">
        <b>{example.name}</b>
        <span className="muted">{text.replace(/\s+/g, ' ')}</span>
      </span>
    </button>
  );
}
