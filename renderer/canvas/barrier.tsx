/**
 * The barrier of a checkpoint as it passes an edge; at a sink it stays until the rows before it are through its queue. Written past
 * React: a checkpoint of a thousand edges renders nothing.
 */
import { useEffect, useRef } from 'react';
import { t } from '../app/strings/index.ts';
import { useStudio } from '../app/studio-context.ts';
import { formatDuration } from '../ui/format.ts';
import { type BarrierState, barrierAt } from './barrier-state.ts';
import { viewState } from './view-state.ts';

const PASS_MS = 150;
/** Where nothing may move, it stands in the middle for so long. */
const STILL_MS = 500;

/** @param d the edge's curve */
export function Barrier({ edge, target, d }: { edge: string; target: string; d: string }) {
  const { run, telemetry } = useStudio();
  const mark = useRef<SVGGElement>(null);
  const begun = useRef({ id: 0, at: 0 });
  useEffect(() => {
    let passing: ReturnType<typeof setTimeout> | null = null;
    const show = (state: BarrierState | 'passes' | 'still'): void => {
      if (mark.current !== null && mark.current.dataset['state'] !== state)
        mark.current.dataset['state'] = state;
    };
    const settle = (): void => {
      passing = null;
      show(barrierAt(run.getState().report, target));
    };
    const pass = (): void => {
      const still = document.documentElement.dataset['motion'] === 'reduced';
      show(still ? 'still' : 'passes');
      if (!still)
        mark.current?.animate([{ offsetDistance: '0%' }, { offsetDistance: '100%' }], { duration: PASS_MS });
      passing = setTimeout(settle, still ? STILL_MS : PASS_MS);
    };
    const end = run.subscribe(({ report }, before) => {
      if (report === before.report) return;
      if (report?.status === 'running' && report.id !== begun.current.id) {
        begun.current = { id: report.id, at: performance.now() - report.tookMs };
        // Edges that were drawn since are not of the run.
        if (viewState.getState().plain || Number.isNaN(telemetry.edge(edge, 'records'))) return;
        if (passing !== null) clearTimeout(passing);
        pass();
      } else if (passing === null) settle();
    });
    return () => {
      end();
      if (passing !== null) clearTimeout(passing);
    };
  }, [run, telemetry, edge, target]);
  const name = (title: Element | null): void => {
    const { id, at } = begun.current;
    const duration = formatDuration(performance.now() - at);
    if (title !== null) title.textContent = t('barrier.waits', { id, duration });
  };
  return (
    <g
      className="barrier"
      ref={mark}
      data-state="none"
      style={{ offsetPath: `path("${d}")` }}
      onPointerMove={(event) => name(event.currentTarget.querySelector('title'))}
    >
      <title />
      <rect x={-1.5} y={-8} width={3} height={16} rx={1} />
    </g>
  );
}
