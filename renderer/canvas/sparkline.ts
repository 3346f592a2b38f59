/** A minute of a rate on a small canvas. Drawn, not laid out: it costs no layout, however many cards there are. */
export const SPARK_WIDTH = 40;
export const SPARK_HEIGHT = 14;
/** As many as telemetry keeps. */
export const SPARK_POINTS = 120;

/** Points of the line in px, from rates (NaN: none yet) scaled to their own maximum; as `x, y` pairs. */
export function sparkPoints(rates: Float64Array): number[] {
  let max = 0;
  for (const rate of rates) if (rate > max) max = rate;
  const points: number[] = [];
  rates.forEach((rate, i) => {
    if (Number.isNaN(rate)) return;
    const share = max === 0 ? 0 : Math.max(0, rate) / max;
    points.push((i / (rates.length - 1)) * SPARK_WIDTH, SPARK_HEIGHT - 1 - share * (SPARK_HEIGHT - 2));
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
