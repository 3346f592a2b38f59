/** Why no output? What holds records back, nearest to the sources first, with its evidence and what mends it. */
import { useMemo } from 'react';
import { sayFinding, type Words } from '../../engine/findings/english.ts';
import type { Finding } from '../../engine/findings/finding.ts';
import { findingsFor, findingsOf } from '../../engine/findings/findings.ts';
import { sayFindingInJapanese } from '../../engine/findings/japanese.ts';
import { checkGraph } from '../../engine/plan/check.ts';
import { asksForCheckpoints } from '../../engine/plan/guarantees.ts';
import { specOf } from '../../engine/specs.ts';
import { language, t } from '../app/strings/index.ts';
import { nodeText } from '../app/strings/spec-text.ts';
import { useDocument, useRun, useSelection, useStudio, useUi } from '../app/studio-context.ts';
import { edit } from '../store/document.ts';
import { onlyNode, selectNodes } from '../store/selection.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { formatTime } from '../ui/format.ts';
import { fixEdits } from './apply-fix.ts';
import { usePast } from './history/use-past.ts';

export function Why() {
  const { telemetry, selection } = useStudio();
  const ran = useRun((state) => state.document);
  const status = useRun((state) => state.status);
  const moment = usePast();
  const past = moment === null ? null : telemetry.moments.toldAt(moment);
  const latest = useRun((state) => state.evidence);
  const evidence = past?.evidence ?? latest;
  const selected = useSelection(onlyNode);
  const words = useWords();
  const graph = useMemo(() => (ran === null ? null : checkGraph(ran)), [ran]);
  const seen = useMemo(() => {
    if (graph === null || !telemetry.live) return null;
    const { layout, figures } = past ?? telemetry;
    return { graph, layout, figures, evidence, checkpoints: asksForCheckpoints(graph.document.settings) };
    // Evidence comes once a second: as often is it worth to look.
  }, [graph, telemetry, evidence, past]);
  if (seen === null || status === 'none' || status === 'starting')
    return <EmptyState title={t('why.noRun')} text={t('why.noRunText')} />;
  const all = findingsOf(seen);
  const target = selected !== null && seen.graph.nodes.has(selected) ? selected : null;
  const shown = target === null ? all : findingsFor(all, seen, target);
  if (shown.length === 0) {
    const title = target === null ? t('why.none') : t('why.noneAt', { node: words.name(target) });
    return <EmptyState title={title} text={t('why.noneText')} />;
  }
  return (
    <div className="why">
      <div className="why-head">
        <h3>{target === null ? t('why.all') : t('why.of', { node: words.name(target) })}</h3>
        {target !== null && shown.length < all.length && (
          <button type="button" className="btn small" onClick={() => selectNodes(selection, [])}>
            {t('why.everything')}
          </button>
        )}
      </div>
      <ol className="problem-list">
        {shown.map((finding) => (
          <Item key={`${finding.code} ${finding.node}`} finding={finding} words={words} />
        ))}
      </ol>
    </div>
  );
}

/** Names as the document gives them, times in the zone that is shown. */
function useWords(): Words {
  const nodes = useDocument((state) => state.document.nodes);
  const zone = useUi((state) => state.zone);
  return {
    name: (id) => nodes[id]?.name ?? nodeText(specOf(nodes[id]?.type ?? '')?.label ?? id),
    time: (ms) => formatTime(ms, zone),
  };
}

function Item({ finding, words }: { readonly finding: Finding; readonly words: Words }) {
  const studio = useStudio();
  const say = language() === 'ja' ? sayFindingInJapanese : sayFinding;
  const { sentence, advice } = say(finding, words);
  const show = (): void => {
    selectNodes(studio.selection, [finding.node]);
    studio.canvas?.reveal(finding.node);
  };
  return (
    <li data-severity="warning">
      <i className="problem-mark" aria-hidden="true" />
      <div className="problem-text">
        <p>{sentence}</p>
        {finding.code === 'all-filtered' ? (
          <Rejected finding={finding} words={words} />
        ) : (
          advice !== null && <p className="problem-more">{advice}</p>
        )}
        <FixButton finding={finding} />
      </div>
      <button type="button" className="btn small" onClick={show}>
        {t('problems.go')}
      </button>
    </li>
  );
}

/** What the filter said of the last record, part by part. */
function Rejected({
  finding,
  words,
}: {
  readonly finding: Extract<Finding, { readonly code: 'all-filtered' }>;
  readonly words: Words;
}) {
  const { last } = finding.facts;
  if (last === null) return null;
  return (
    <>
      <ul className="why-parts mono">
        {last.parts.map(({ text, value }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two parts may be the same in every word
          <li key={i} data-value={String(value)}>
            <code>{text}</code>{' '}
            <b>{t(value === null ? 'why.part.unknown' : value ? 'why.part.true' : 'why.part.false')}</b>
          </li>
        ))}
      </ul>
      <p className="problem-more">
        <small>{t('why.record')}</small>
        {last.record.map(({ name, type, value }) => (
          <span key={name} className="mono">
            <small>{name}</small>{' '}
            {value === null
              ? 'NULL'
              : type === 'TIMESTAMP' && typeof value === 'number'
                ? words.time(value)
                : String(value)}
          </span>
        ))}
      </p>
    </>
  );
}

function FixButton({ finding: { fix } }: { readonly finding: Finding }) {
  const { document: store } = useStudio();
  const document = useDocument((state) => state.document);
  if (fix === null) return null;
  const edits = fixEdits(document, fix);
  if (edits === null) return <p className="problem-more">{t('why.fixed')}</p>;
  const [first] = fix.edits;
  const setting = first?.path.slice(3).join('.') ?? '';
  return (
    <button type="button" className="btn small primary" onClick={() => edit(store, edits)}>
      {t('why.fix', { setting, value: String(first?.value) })}
    </button>
  );
}
