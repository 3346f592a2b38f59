/** What the pictures of a form share: their measures, the axis of time, and the words below. */
import type { ReactNode } from 'react';
import { language } from '../../app/strings/index.ts';
import { type Sentence, say } from './sentence.ts';

/** As wide as the inspector shows without scaling, px. */
export const WIDTH = 304;
export const PAD = 8;

/** The place of a time on the picture; what lies outside is just outside. `left`: where it begins, px. */
export const scaleOf =
  (from: number, to: number, left = PAD) =>
  (time: number): number => {
    const x = left + ((time - from) / (to - from)) * (WIDTH - PAD - left);
    return Math.round(10 * Math.min(WIDTH + 20, Math.max(-20, x))) / 10;
  };

/** A picture with its sentences, which say all that it shows. */
export function Picture({
  height,
  assumed,
  words,
  children,
  below,
}: {
  height: number;
  /** What it shows is an example, as settings are missing. */
  assumed: boolean;
  words: readonly Sentence[];
  children: ReactNode;
  below?: ReactNode;
}) {
  return (
    <figure className="drawing" data-assumed={assumed}>
      <svg viewBox={`0 0 ${WIDTH} ${height}`} aria-hidden="true">
        {children}
      </svg>
      {below}
      <figcaption>{words.map(say).join(language() === 'ja' ? '' : ' ')}</figcaption>
    </figure>
  );
}

/** The line of time, with its labels where they have room. */
export function Axis({
  y,
  ticks,
}: {
  y: number;
  ticks: readonly { readonly x: number; readonly text: string }[];
}) {
  return (
    <g className="drawing-axis">
      <path d={`M0 ${y}H${WIDTH}`} />
      {ticks.map(({ x, text }) => (
        <g key={x}>
          <path d={`M${x} ${y}v4`} />
          <text x={x} y={y + 14} textAnchor={x < 20 ? 'start' : x > WIDTH - 20 ? 'end' : 'middle'}>
            {text}
          </text>
        </g>
      ))}
    </g>
  );
}
