/** The records that an OVER takes together for one of them. */
import { t } from '../../app/strings/index.ts';
import { frameScene } from './frame-scene.ts';
import { Axis, Picture, scaleOf } from './picture.tsx';

const Y = 34;
/** Records of one time stand above each other. */
const STACK = 8;
const AXIS_Y = 50;

export function FrameDrawing({ settings }: { settings: unknown }) {
  const scene = frameScene(settings);
  if (scene === null) return null;
  const x = scaleOf(0, 1);
  const now = scene.records[scene.current]?.at ?? 0;
  const [left, right] = [x(scene.from) - 6, x(scene.to) + 6];
  return (
    <Picture height={AXIS_Y + 3} assumed={false} words={scene.words}>
      <g className="drawing-band">
        <rect x={left} y={Y - 16} width={right - left} height={26} rx="3" />
      </g>
      {scene.records.map(({ at, inside }, i) => (
        <circle
          // biome-ignore lint/suspicious/noArrayIndexKey: two records may have the same time
          key={i}
          className={i === scene.current ? 'drawing-anchor' : 'drawing-record'}
          data-seen={inside}
          cx={x(at)}
          cy={scene.records[i - 1]?.at === at ? Y - STACK : Y}
          r={i === scene.current ? 4 : 3}
        />
      ))}
      <text x={x(now)} y={11} textAnchor="middle">
        {t('drawing.current')}
      </text>
      <Axis y={AXIS_Y} ticks={[]} />
    </Picture>
  );
}
