/** The run's time from its start to now: dragged, cards, edges, time plot and findings show what was. */
import { type KeyboardEvent, useRef } from 'react';
import { t } from '../../app/strings/index.ts';
import { useRun, useStudio } from '../../app/studio-context.ts';
import { useTelemetry, writeText } from '../../canvas/use-telemetry.ts';
import { formatElapsed } from '../../ui/format.ts';
import { moveBy } from './move.ts';
import { usePast } from './use-past.ts';
import './history.css';

export function Scrubber() {
  const { telemetry } = useStudio();
  const status = useRun((state) => state.status);
  const past = usePast();
  const slider = useRef<HTMLInputElement>(null);
  const end = useRef<HTMLSpanElement>(null);
  useTelemetry(({ moments, past: shown }) => {
    const input = slider.current;
    const [first, last] = [moments.at(0), moments.at(moments.length - 1)];
    if (input === null) return;
    input.disabled = moments.length < 2;
    const from = first?.elapsedMs ?? 0;
    const to = last?.elapsedMs ?? 0;
    const at = shown?.elapsedMs ?? to;
    input.min = String(Math.floor(from));
    input.max = String(Math.ceil(to));
    input.value = String(Math.round(at));
    input.style.setProperty('--at', `${to > from ? ((at - from) / (to - from)) * 100 : 100}%`);
    input.setAttribute('aria-valuetext', shown === null ? t('history.present') : formatElapsed(at));
    writeText(end.current, formatElapsed(to));
  });
  if (status === 'none' || status === 'starting') return null;
  const onKey = (event: KeyboardEvent): void => {
    // Not `past`: two keys within a frame would both start from what the last frame showed.
    const next = moveBy(telemetry.moments, telemetry.past, event.key);
    if (next === undefined) return;
    event.preventDefault();
    telemetry.show(next);
  };
  return (
    <section className="scrubber" aria-label={t('history.label')} data-past={past !== null}>
      <span className="scrubber-text num" role="status">
        {past === null
          ? t(status === 'ended' ? 'history.end' : 'history.live')
          : t('history.past', { at: formatElapsed(past.elapsedMs) })}
      </span>
      <input
        ref={slider}
        type="range"
        step="1"
        aria-label={t('history.slider')}
        title={t('history.keys')}
        onChange={({ currentTarget }) => {
          const { moments } = telemetry;
          const at = moments.indexAt(Number(currentTarget.value));
          telemetry.show(at < moments.length - 1 ? (moments.at(at) ?? null) : null);
        }}
        onKeyDown={onKey}
      />
      <span className="num faint" ref={end} />
      <button
        type="button"
        className={`btn small ${past === null ? '' : 'primary'}`}
        disabled={past === null}
        title={t('history.pastText')}
        onClick={() => telemetry.show(null)}
      >
        {t(status === 'ended' ? 'history.toEnd' : 'history.toLive')}
      </button>
    </section>
  );
}
