/** A minute of a rate on a small canvas. Drawn, not laid out: it costs no layout, however many cards there are. */
export const SPARK_WIDTH = 40;
export const SPARK_HEIGHT = 14;
/** As many as telemetry keeps. */
export const SPARK_POINTS = 120;
/** Fewer points than this do not fill the width. */
const YOUNG_POINTS = 8;

/**
 * Points of the line in px, as `x, y` pairs: rates scaled to their own maximum. Of a young run (NaN: before it) the
 * time since its start fills the width, so that its first seconds are more than a dot.
 */
export function sparkPoints(rates: Float64Array): number[] {
  let max = 0;
  for (const rate of rates) if (rate > max) max = rate;
  const known = rates.filter((rate) => !Number.isNaN(rate));
  const step = SPARK_WIDTH / Math.max(YOUNG_POINTS, known.length - 1);
  const points: number[] = [];
  known.forEach((rate, i) => {
    const share = max === 0 ? 0 : Math.max(0, rate) / max;
    const x = SPARK_WIDTH - (known.length - 1 - i) * step;
    points.push(x, SPARK_HEIGHT - 1 - share * (SPARK_HEIGHT - 2));
  });
  return points;
}

/** Takes the colour from the element, so that light and dark need no code here. */
export function drawSpark(canvas: HTMLCanvasElement, rates: Float64Array, colour: string): void {
  const scale = Math.min(3, Math.max(1, devicePixelRatio)) * 1.5;
  const [width, height] = [Math.round(SPARK_WIDTH * scale), Math.round(SPARK_HEIGHT * scale)];
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, SPARK_WIDTH, SPARK_HEIGHT);
  const points = sparkPoints(rates);
  if (points.length < 4) return;
  context.beginPath();
  for (let i = 0; i < points.length; i += 2) context.lineTo(points[i] ?? 0, points[i + 1] ?? 0);
  context.strokeStyle = colour;
  context.lineWidth = 1.2;
  context.lineJoin = 'round';
  context.stroke();
}
