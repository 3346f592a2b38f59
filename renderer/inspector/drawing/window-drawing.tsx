/** Windows over example records: where they lie, when they fire, what is late. The watermark can be moved. */
import { useState } from 'react';
import { type TextKey, t } from '../../app/strings/index.ts';
import { axisText, durationText } from './axis-text.ts';
import { Axis, Picture, scaleOf, WIDTH } from './picture.tsx';
import type { Firing } from './window-firings.ts';
import { type DrawnWindow, type ExampleRecord, sceneOf, stateAt, type WindowScene } from './window-scene.ts';
import { readWindow, type WindowSettings } from './window-settings.ts';
import { windowWords } from './window-words.ts';

const HEAD = 16;
const BAR = 18;
/** Below a bar, where it is kept for late records. */
const KEPT = 12;
const GAP = 4;
const RECORDS = 26;
const AXIS = 20;

type Scale = (time: number) => number;

export const AssignmentDrawing = ({ settings }: { settings: unknown }) => (
  <WindowDrawing settings={settings} fires={false} />
);

export function WindowDrawing({ settings, fires = true }: { settings: unknown; fires?: boolean }) {
  const read = readWindow(settings, fires);
  /** Of the axis, 0 to 1: where the example is looked at. */
  const [place, setPlace] = useState(0.78);
  if (read === null) return null;
  const scene = sceneOf(read);
  const x = scaleOf(scene.from, scene.to);
  // Without firings all has happened that can.
  const watermark = scene.from + (fires ? place : 1) * (scene.to - scene.from);
  const byRows = read.kind === 'count';
  const kept = !byRows && read.lateness > 0;
  const head = fires ? HEAD : 2;
  const laneHeight = BAR + (kept ? KEPT : 0) + GAP;
  const recordsY = head + scene.lanes * laneHeight + 8;
  const axisY = recordsY + RECORDS - 8;
  const timings = timingsOf(scene, kept);
  const name = byRows ? 'drawing.seen' : read.clock ? 'drawing.clock' : 'drawing.watermark';
  return (
    <Picture
      height={axisY + (scene.ticks.length > 0 || read.kind === 'session' ? AXIS : 3)}
      assumed={scene.assumed}
      words={windowWords(read, scene)}
      below={
        fires && (
          <>
            <Mover
              label={t(byRows ? 'drawing.moveSeen' : read.clock ? 'drawing.moveClock' : 'drawing.move')}
              text={
                byRows ? String(Math.round(watermark)) : axisText(Math.round(watermark / 1000) * 1000, [])
              }
              place={place}
              onMove={setPlace}
            />
            <Legend timings={timings} kept={kept} />
          </>
        )
      }
    >
      {scene.windows.map((window) => (
        <Bar
          key={`${window.start} ${window.end}`}
          window={window}
          y={head + window.lane * laneHeight}
          x={x}
          settings={read}
          watermark={watermark}
        />
      ))}
      <Records records={scene.records} y={recordsY} x={x} watermark={watermark} />
      {read.kind === 'session' && !scene.assumed && <Gap scene={scene} gap={read.gap ?? 0} y={axisY} x={x} />}
      <Axis
        y={axisY}
        ticks={
          scene.assumed ? [] : scene.ticks.map((tick) => ({ x: x(tick), text: axisText(tick, scene.ticks) }))
        }
      />
      {fires && (
        <g className="drawing-watermark">
          <path d={`M${x(watermark)} ${HEAD - 4}V${axisY}`} />
          <text x={x(watermark)} y={9} textAnchor={place < 0.15 ? 'start' : place > 0.85 ? 'end' : 'middle'}>
            {t(name)}
          </text>
        </g>
      )}
    </Picture>
  );
}

function Bar({
  window,
  y,
  x,
  settings,
  watermark,
}: {
  window: DrawnWindow;
  y: number;
  x: Scale;
  settings: WindowSettings;
  watermark: number;
}) {
  const { lateness, kind } = settings;
  const [left, right] = [x(window.start), x(window.end)];
  const state = settings.fires === null ? 'open' : stateAt(window, lateness, watermark, kind === 'count');
  return (
    <g className="drawing-window" data-state={state}>
      <rect x={left + 0.5} y={y + 0.5} width={Math.max(2, right - left - 1.5)} height={BAR - 1} rx="3" />
      {lateness > 0 && kind !== 'count' && kind !== 'global' && (
        <rect
          className="drawing-kept"
          x={right}
          y={y + BAR + 1}
          width={Math.max(2, x(window.end + lateness) - right)}
          height={KEPT - 2}
          rx="2"
        />
      )}
      {window.firings.map((firing, i) => (
        <Fired
          key={`${firing.timing} ${firing.at}`}
          firing={firing}
          y={y}
          x={x}
          room={x(firing.at) - x(window.firings[i - 1]?.at ?? window.start)}
          seen={firing.at <= watermark}
        />
      ))}
    </g>
  );
}

/** A line where the window fires, and what it counts then. */
function Fired({
  firing,
  y,
  x,
  room,
  seen,
}: {
  firing: Firing;
  y: number;
  x: Scale;
  /** px to the one before: a text without room is left out. */
  room: number;
  seen: boolean;
}) {
  const at = x(firing.at);
  const late = firing.timing === 'late';
  const top = late ? y + BAR + 1 : y + 1;
  const height = late ? KEPT - 2 : BAR - 2;
  const text = firing.takesBack === null ? String(firing.rows) : `−${firing.takesBack} +${firing.rows}`;
  return (
    <g className="drawing-fired" data-timing={firing.timing} data-seen={seen}>
      <path d={`M${at - (firing.timing === 'on-time' ? 1 : 0)} ${top}v${height}`} />
      {(late || room > 4 + 6 * text.length) && (
        <text x={at - 3} y={top + height / 2 + 3.5} textAnchor="end">
          {text}
        </text>
      )}
    </g>
  );
}

/** Dots at their event times; late ones with the way from there to where the watermark is when they come. */
function Records({
  records,
  y,
  x,
  watermark,
}: {
  records: readonly ExampleRecord[];
  y: number;
  x: Scale;
  watermark: number;
}) {
  return (
    <g className="drawing-records">
      {records.map(({ time, seenAt, fate }) => {
        const late = fate !== 'on-time';
        const row = late ? y + (fate === 'kept' ? 7 : 12) : y;
        return (
          <g key={`${time} ${seenAt}`} data-fate={fate} data-seen={seenAt <= watermark}>
            <circle cx={x(time)} cy={y} r="2.5" />
            {late && <path d={`M${x(time)} ${y + 3}V${row}H${x(seenAt)}`} />}
            {fate === 'dropped' && <path d={`M${x(seenAt) - 3} ${row - 3}l6 6m0 -6l-6 6`} />}
            {fate === 'kept' && <path d={`M${x(seenAt)} ${row}V${y - 6}`} />}
          </g>
        );
      })}
    </g>
  );
}

/** How long a session waits for another record. */
function Gap({ scene, gap, y, x }: { scene: WindowScene; gap: number; y: number; x: Scale }) {
  return (
    <g className="drawing-gap">
      {scene.windows.map(({ end }) => {
        const [from, to] = [x(end - gap), x(end)];
        return (
          <g key={end}>
            <path d={`M${from} ${y + 3}v6M${to} ${y + 3}v6M${from} ${y + 6}H${to}`} />
            <text x={Math.min((from + to) / 2, WIDTH - 24)} y={y + 18} textAnchor="middle">
              {durationText(gap)}
            </text>
          </g>
        );
      })}
    </g>
  );
}

function Mover({
  label,
  text,
  place,
  onMove,
}: {
  label: string;
  text: string;
  place: number;
  onMove: (place: number) => void;
}) {
  return (
    <input
      type="range"
      className="drawing-mover"
      min="0"
      max="1"
      step="0.01"
      value={place}
      aria-label={label}
      aria-valuetext={text}
      title={label}
      onChange={(event) => onMove(Number(event.target.value))}
    />
  );
}

type Timing = Firing['timing'] | 'dropped';
const LEGEND: Readonly<Record<Timing, TextKey>> = {
  early: 'drawing.early',
  'on-time': 'drawing.on-time',
  late: 'drawing.late-firing',
  dropped: 'drawing.dropped',
};

function timingsOf(scene: WindowScene, kept: boolean): readonly Timing[] {
  const found = new Set<Timing>(scene.windows.flatMap(({ firings }) => firings.map(({ timing }) => timing)));
  if (kept) found.add('late');
  if (scene.records.some(({ fate }) => fate === 'dropped')) found.add('dropped');
  return (['early', 'on-time', 'late', 'dropped'] as const).filter((timing) => found.has(timing));
}

function Legend({ timings, kept }: { timings: readonly Timing[]; kept: boolean }) {
  return (
    <p className="drawing-legend" aria-hidden="true">
      {timings.map((timing) => (
        <span key={timing}>
          <i data-timing={timing} />
          {t(LEGEND[timing])}
        </span>
      ))}
      {kept && (
        <span>
          <i data-timing="kept" />
          {t('drawing.lateness')}
        </span>
      )}
    </p>
  );
}
