/** One left row, and the right rows around it that it meets. */
import { t } from '../../app/strings/index.ts';
import { durationText } from './axis-text.ts';
import { intervalScene } from './interval-scene.ts';
import { Axis, Picture, scaleOf } from './picture.tsx';

/** Room for the names of the sides. */
const LABELS = 34;
const LEFT_Y = 14;
const RIGHT_Y = 48;
const BAND = 9;
const AXIS_Y = 66;

export function IntervalDrawing({ settings }: { settings: unknown }) {
  const scene = intervalScene(settings);
  const x = scaleOf(scene.axis.from, scene.axis.to, LABELS);
  const [left, right] = [x(scene.from), x(scene.to)];
  const ticks = [...new Set([scene.from, 0, scene.to])].map((time) => ({ x: x(time), text: signed(time) }));
  // Labels that would cover each other: those of the ends are enough.
  const roomy = ticks.filter(
    (tick) => x(0) !== tick.x || ticks.every((other) => other === tick || Math.abs(other.x - tick.x) > 44),
  );
  return (
    <Picture height={AXIS_Y + 20} assumed={scene.assumed} words={scene.words}>
      <text x="0" y={LEFT_Y + 3}>
        {t('drawing.left')}
      </text>
      <text x="0" y={RIGHT_Y + 3}>
        {t('drawing.right')}
      </text>
      {scene.from <= scene.to && (
        <g className="drawing-band">
          <rect x={left} y={RIGHT_Y - BAND} width={Math.max(right - left, 1)} height={2 * BAND} />
          <path data-open={!scene.fromIncluded} d={`M${left} ${RIGHT_Y - BAND}v${2 * BAND}`} />
          <path data-open={!scene.toIncluded} d={`M${right} ${RIGHT_Y - BAND}v${2 * BAND}`} />
        </g>
      )}
      {scene.rights.map(({ time, meets }) => (
        <g key={time} className="drawing-pair" data-meets={meets}>
          {meets && <path d={`M${x(0)} ${LEFT_Y + 4}L${x(time)} ${RIGHT_Y - 4}`} />}
          <circle cx={x(time)} cy={RIGHT_Y} r="3" />
        </g>
      ))}
      <circle className="drawing-anchor" cx={x(0)} cy={LEFT_Y} r="4" />
      <Axis y={AXIS_Y} ticks={scene.assumed || scene.from > scene.to ? [] : roomy} />
    </Picture>
  );
}

const signed = (time: number): string =>
  time > 0 ? `+${durationText(time)}` : time === 0 ? '0' : durationText(time);
