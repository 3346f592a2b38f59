/** Draws the time plot: event time across, processing time up. */
import type { Zone } from '../../store/ui.ts';
import { formatClock } from '../../ui/format.ts';
import { type Axis, place, ticksOf, tickText } from './scale.ts';
import type { TimeTrace, TracedRecord, TracedWindow } from './trace.ts';

export interface Look {
  readonly trace: TimeTrace;
  /** Processing time that is shown, ms. */
  readonly from: number;
  readonly now: number;
  readonly zone: Zone;
  /** The watermark at `now`; NaN: none. */
  readonly watermark: number;
  readonly texts: { readonly event: string; readonly processing: string; readonly watermark: string };
}

export interface Frame {
  readonly event: Axis;
  readonly processing: Axis;
}

const LEFT = 62;
const RIGHT = 16;
const TOP = 18;
const BOTTOM = 22;
const EVENT_GAP = 90;
const PROCESSING_GAP = 34;
const FONT = '11px';

export function frameOf(look: Look, width: number, height: number): Frame | null {
  const range = eventRange(look);
  if (range === null || width < 160 || height < 80) return null;
  return {
    event: { ...range, low: LEFT, high: width - RIGHT },
    processing: { from: look.from, to: look.now, low: height - BOTTOM, high: TOP },
  };
}

/** What is seen of records, windows and the watermark, and a little more. */
function eventRange({ trace, from, watermark }: Look): { from: number; to: number } | null {
  let least = Infinity;
  let most = -Infinity;
  const see = (time: number): void => {
    if (time < least) least = time;
    if (time > most) most = time;
  };
  for (const { event, processed } of trace.records) if (processed >= from) see(event);
  for (const window of trace.windows.values()) {
    if ((window.firedAt ?? Infinity) < from) continue;
    see(window.start);
    see(window.end);
  }
  if (Number.isFinite(watermark) && least < Infinity) see(watermark);
  if (least === Infinity) return null;
  const pad = Math.max(500, (most - least) * 0.03);
  return { from: least - pad, to: most + pad };
}

export function draw(
  canvas: CanvasRenderingContext2D,
  look: Look,
  frame: Frame,
  width: number,
  height: number,
): void {
  const style = getComputedStyle(canvas.canvas);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const { event, processing } = frame;
  const x = (time: number): number => place(event, time);
  const y = (time: number): number => place(processing, time);
  canvas.clearRect(0, 0, width, height);
  canvas.font = `${FONT} ${color('--sans')}`;
  drawGrid(canvas, look, frame, color);
  canvas.save();
  canvas.beginPath();
  canvas.rect(LEFT, TOP, width - LEFT - RIGHT, height - TOP - BOTTOM);
  canvas.clip();
  // Where every record would be that comes at the moment it happens: only where both clocks are about the same.
  canvas.strokeStyle = color('--faint');
  canvas.setLineDash([3, 4]);
  line(canvas, [
    [x(look.from), y(look.from)],
    [x(look.now), y(look.now)],
  ]);
  canvas.setLineDash([]);
  for (const window of look.trace.windows.values()) drawWindow(canvas, window, look, frame, color);
  canvas.fillStyle = color('--record');
  for (const record of look.trace.records) {
    if (record.processed < look.from || record.late) continue;
    canvas.globalAlpha = 0.75;
    canvas.beginPath();
    canvas.arc(x(record.event), y(record.processed), 1.9, 0, 7);
    canvas.fill();
  }
  canvas.globalAlpha = 1;
  canvas.strokeStyle = color('--late');
  canvas.lineWidth = 1.6;
  for (const record of look.trace.records) {
    if (record.processed < look.from || !record.late) continue;
    const [cx, cy] = [x(record.event), y(record.processed)];
    line(canvas, [
      [cx - 3, cy - 3],
      [cx + 3, cy + 3],
    ]);
    line(canvas, [
      [cx - 3, cy + 3],
      [cx + 3, cy - 3],
    ]);
  }
  drawWatermark(canvas, look, frame, color);
  canvas.restore();
}

type Color = (name: string) => string;

function drawGrid(
  canvas: CanvasRenderingContext2D,
  look: Look,
  { event, processing }: Frame,
  color: Color,
): void {
  const across = ticksOf(event, EVENT_GAP);
  const up = ticksOf(processing, PROCESSING_GAP);
  canvas.strokeStyle = color('--line');
  canvas.lineWidth = 1;
  canvas.fillStyle = color('--muted');
  canvas.textBaseline = 'middle';
  canvas.textAlign = 'center';
  for (const time of across) {
    const x = Math.round(place(event, time)) + 0.5;
    line(canvas, [
      [x, processing.high],
      [x, processing.low],
    ]);
    canvas.fillText(tickText(time, across, look.zone), x, processing.low + 11);
  }
  canvas.textAlign = 'right';
  for (const time of up) {
    const y = Math.round(place(processing, time)) + 0.5;
    line(canvas, [
      [event.low, y],
      [event.high, y],
    ]);
    canvas.fillText(tickText(time, up, look.zone), event.low - 6, y);
  }
  canvas.textAlign = 'left';
  canvas.fillText(look.texts.processing, 4, 8);
  canvas.textAlign = 'right';
  canvas.fillText(look.texts.event, event.high, 8);
}

function drawWindow(
  canvas: CanvasRenderingContext2D,
  window: TracedWindow,
  look: Look,
  { event, processing }: Frame,
  color: Color,
): void {
  const { start, end, since, firedAt, refiredAt, label } = window;
  if ((refiredAt.at(-1) ?? firedAt ?? Infinity) < look.from) return;
  const left = place(event, start) + 1;
  const right = place(event, end) - 1;
  const bottom = place(processing, Math.max(since, look.from));
  const top = place(processing, firedAt ?? look.now);
  const isOpen = firedAt === null;
  canvas.fillStyle = color(isOpen ? '--pane-soft' : '--pane-done');
  canvas.strokeStyle = color(isOpen ? '--pane' : '--ok');
  canvas.lineWidth = 1;
  canvas.setLineDash(isOpen ? [4, 3] : []);
  canvas.beginPath();
  canvas.roundRect(left, top, Math.max(1, right - left), Math.max(2, bottom - top), 3);
  canvas.fill();
  canvas.stroke();
  canvas.setLineDash([]);
  // Another pane of it, early or late: a bar where it came.
  for (const at of refiredAt) {
    const y = place(processing, at);
    line(canvas, [
      [left, y],
      [right, y],
    ]);
  }
  if (label === '' || right - left < 26 || bottom - top < 14) return;
  canvas.fillStyle = color(isOpen ? '--pane' : '--ok');
  canvas.textAlign = 'right';
  canvas.textBaseline = 'alphabetic';
  canvas.fillText(label, right - 5, bottom - 5);
}

function drawWatermark(
  canvas: CanvasRenderingContext2D,
  look: Look,
  { event, processing }: Frame,
  color: Color,
): void {
  const { steps } = look.trace;
  if (steps.length === 0) return;
  canvas.strokeStyle = color('--water');
  canvas.lineWidth = 2;
  const points: [number, number][] = [];
  for (const { at, watermark } of steps) {
    const last = points.at(-1);
    const y = place(processing, at);
    if (last !== undefined) points.push([last[0], y]);
    points.push([place(event, watermark), y]);
  }
  const last = points.at(-1);
  if (last !== undefined) points.push([last[0], place(processing, look.now)]);
  line(canvas, points);
  if (!Number.isFinite(look.watermark)) return;
  const x = place(event, look.watermark);
  const isRight = x > (event.low + event.high) / 2;
  canvas.fillStyle = color('--water');
  canvas.textAlign = isRight ? 'right' : 'left';
  canvas.textBaseline = 'top';
  const text = `${look.texts.watermark} ${formatClock(look.watermark, look.zone)}`;
  const at = isRight ? x - 7 : x + 7;
  // Legible over records and windows.
  canvas.strokeStyle = color('--panel');
  canvas.lineWidth = 3;
  canvas.strokeText(text, at, processing.high + 4);
  canvas.fillText(text, at, processing.high + 4);
}

function line(canvas: CanvasRenderingContext2D, points: readonly (readonly [number, number])[]): void {
  canvas.beginPath();
  for (const [x, y] of points) canvas.lineTo(x, y);
  canvas.stroke();
}

/** px */
const REACH = 8;

/** The record nearest to a point. */
export function recordAt(
  { trace, from }: Look,
  { event, processing }: Frame,
  x: number,
  y: number,
): TracedRecord | null {
  let nearest: TracedRecord | null = null;
  let least = REACH;
  for (const record of trace.records) {
    if (record.processed < from) continue;
    const away = Math.hypot(place(event, record.event) - x, place(processing, record.processed) - y);
    if (away >= least) continue;
    least = away;
    nearest = record;
  }
  return nearest;
}
