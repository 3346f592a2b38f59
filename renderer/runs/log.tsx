/** What a run said, newest last; follows the end while it is in sight. */
import { useEffect, useRef } from 'react';
import { specOf } from '../../engine/specs.ts';
import { t } from '../app/strings/index.ts';
import { useRun, useUi } from '../app/studio-context.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { formatClock, formatTime } from '../ui/format.ts';
import { useCalm } from '../ui/use-calm.ts';

/** px from the end that still count as the end. */
const NEAR_END = 24;

export function Log() {
  const lines = useCalm(useRun((state) => state.log));
  const nodes = useRun((state) => state.document?.nodes);
  const zone = useUi((state) => state.zone);
  const list = useRef<HTMLOListElement>(null);
  const atEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a further line moves the end
  useEffect(() => {
    const element = list.current;
    if (element !== null && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [lines]);
  if (lines.length === 0) return <EmptyState title={t('log.none')} text={t('log.noneText')} />;
  return (
    <ol
      className="log"
      ref={list}
      aria-live="off"
      onScroll={({ currentTarget: element }) => {
        atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END;
      }}
    >
      {lines.map(({ id, at, level, node, text }) => (
        <li key={id} data-level={level}>
          <time className="num faint" title={formatTime(at, zone)}>
            {formatClock(at, zone)}
          </time>
          <b>
            {node === null ? '' : (nodes?.[node]?.name ?? specOf(nodes?.[node]?.type ?? '')?.label ?? node)}
          </b>
          <span>{text}</span>
        </li>
      ))}
    </ol>
  );
}
