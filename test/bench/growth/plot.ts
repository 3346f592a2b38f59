/** Small plots side by side as one SVG: logarithmic x, ns an event from 0 up. Drawn in the colours of either theme. */
export interface Plot {
  readonly title: string;
  readonly unit: string;
  readonly points: readonly { readonly size: number; readonly ns: number }[];
}

const [WIDTH, HEIGHT, GAP, COLUMNS] = [300, 150, 40, 3];
const [LEFT, TOP] = [44, 34];

export function svg(plots: readonly Plot[]): string {
  const rows = Math.ceil(plots.length / COLUMNS);
  const [width, height] = [COLUMNS * (WIDTH + LEFT) + GAP, rows * (HEIGHT + TOP + GAP) + GAP];
  const all = plots.map((plot, at) => {
    const x = (at % COLUMNS) * (WIDTH + LEFT) + LEFT;
    const y = Math.floor(at / COLUMNS) * (HEIGHT + TOP + GAP) + TOP;
    return `<g transform="translate(${x} ${y})">${one(plot)}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="Inter, sans-serif" font-size="11" fill="#7a8291">\n<title>ns an event as work grows</title>\n${all.join('\n')}\n</svg>\n`;
}

function one({ title, unit, points }: Plot): string {
  const logs = points.map((p) => Math.log10(p.size));
  const [low = 0, high = 1] = [Math.min(...logs), Math.max(...logs)];
  const most = niceMost(Math.max(...points.map((p) => p.ns)));
  const at = (size: number): number => ((Math.log10(size) - low) / Math.max(high - low, 1e-9)) * (WIDTH - 40);
  const up = (ns: number): number => HEIGHT - (ns / most) * HEIGHT;
  const path = points.map((p) => `${at(p.size).toFixed(1)},${up(p.ns).toFixed(1)}`).join(' ');
  const grid = [0, 0.5, 1]
    .map((part) => {
      const y = up(part * most).toFixed(1);
      return `<line x1="0" x2="${WIDTH - 40}" y1="${y}" y2="${y}" stroke="#7a8291" stroke-opacity="0.25"/><text x="-6" y="${y}" dy="4" text-anchor="end">${part * most}</text>`;
    })
    .join('');
  const marks = points
    .map(
      (p) =>
        `<circle cx="${at(p.size).toFixed(1)}" cy="${up(p.ns).toFixed(1)}" r="3" fill="#2f7fd1"><title>${p.size} ${unit}: ${p.ns.toFixed(1)} ns</title></circle><text x="${at(p.size).toFixed(1)}" y="${HEIGHT + 14}" text-anchor="middle">${short(p.size)}</text>`,
    )
    .join('');
  return `<text y="-14" font-size="12" font-weight="600">${title}</text>${grid}<polyline points="${path}" fill="none" stroke="#2f7fd1" stroke-width="2"/>${marks}<text x="${(WIDTH - 40) / 2}" y="${HEIGHT + 28}" text-anchor="middle">${unit}; ns an event</text>`;
}

function niceMost(value: number): number {
  const decade = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 6, 8, 10].find((n) => n * decade >= value) ?? 10) * decade;
}

const short = (n: number): string => (n >= 1e6 ? `${n / 1e6}M` : n >= 1000 ? `${n / 1000}k` : String(n));
