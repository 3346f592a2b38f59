/** A pipeline as an SVG that stands for itself: shapes and text, without what only a browser draws. Pure. */

import type { GraphDocument } from '../../engine/contract/document.ts';
import { checkGraph } from '../../engine/plan/check.ts';
import { specOfNode } from '../../engine/specs.ts';
import { drawnEdges } from '../canvas/flow-elements.ts';
import { cardHeight, curvePath, HEAD_HEIGHT } from '../canvas/geometry.ts';
import { CARD_WIDTH, positions } from '../canvas/place.ts';

export type PictureTheme = 'light' | 'dark';

/** As in `ui/tokens.css`: a picture takes its colours with it. */
const COLOURS = {
  light: {
    canvas: '#ffffff',
    panel: '#ffffff',
    line: '#c5cdd6',
    text: '#161b21',
    muted: '#55606c',
    edge: '#a9b4bf',
    source: '#0b7a75',
    operator: '#4a54c4',
    sink: '#94407f',
  },
  dark: {
    canvas: '#12171c',
    panel: '#161c22',
    line: '#3a4550',
    text: '#e5e9ee',
    muted: '#9ba7b3',
    edge: '#4d5a67',
    source: '#3fb8ae',
    operator: '#929bff',
    sink: '#d98ac6',
  },
} as const;

const MARGIN = 32;
/** Characters that fit into a card, about: the text has no measure here. */
const NAME_CHARACTERS = 22;
const SUMMARY_CHARACTERS = 25;
const SUMMARY_TOP = 43;
const LINE_HEIGHT = 17;
const FONT = "Inter, 'Noto Sans JP', 'Segoe UI', sans-serif";

export interface Picture {
  readonly svg: string;
  /** px */
  readonly width: number;
  readonly height: number;
}

/** Null: there is nothing to draw. */
export function pictureOf(document: GraphDocument, theme: PictureTheme): Picture | null {
  const colours = COLOURS[theme];
  const graph = checkGraph(document);
  const boxes = Object.entries(positions(document)).flatMap(([id, at]) => {
    const node = document.nodes[id];
    if (node === undefined) return [];
    const spec = specOfNode(node);
    const config = graph.nodes.get(id)?.config ?? null;
    return [
      {
        ...at,
        height: Math.max(HEAD_HEIGHT + 6, cardHeight(spec, document.settings?.ledger !== undefined)),
        colour: spec === null ? colours.muted : colours[spec.kind],
        icon: spec?.icon ?? '',
        name: node.name ?? spec?.label ?? id,
        about: spec === null || config === null ? node.type : spec.summarize(config),
      },
    ];
  });
  if (boxes.length === 0) return null;
  const left = Math.min(...boxes.map(({ x }) => x)) - MARGIN;
  const top = Math.min(...boxes.map(({ y }) => y)) - MARGIN;
  const width = Math.max(...boxes.map(({ x }) => x + CARD_WIDTH)) + MARGIN - left;
  const height = Math.max(...boxes.map(({ y, height: own }) => y + own)) + MARGIN - top;
  const edges = drawnEdges(document, graph.edges).map(
    ({ from, to }) =>
      `<path d="${curvePath(from, to)}" fill="none" stroke="${colours.edge}" stroke-width="1.5"/>`,
  );
  const cards = boxes.map(
    ({ x, y, height: own, colour, icon, name, about }) =>
      `<g transform="translate(${x} ${y})">` +
      `<rect width="${CARD_WIDTH}" height="${own}" rx="8" fill="${colours.panel}" stroke="${colours.line}"/>` +
      `<rect x="0" y="8" width="3" height="${own - 16}" fill="${colour}"/>` +
      `<path transform="translate(14 12)" d="${escaped(icon)}" fill="none" stroke="${colour}" stroke-width="1.4"/>` +
      `<text x="38" y="25" font-size="13" font-weight="600" fill="${colours.text}">${escaped(cut(name, NAME_CHARACTERS))}</text>` +
      wrapped(about, 1 + Math.floor((own - SUMMARY_TOP - 8) / LINE_HEIGHT))
        .map(
          (line, n) =>
            `<text x="38" y="${SUMMARY_TOP + n * LINE_HEIGHT}" font-size="12" fill="${colours.muted}">${escaped(line)}</text>`,
        )
        .join('') +
      '</g>',
  );
  const title = document.name === undefined ? '' : `<title>${escaped(document.name)}</title>`;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${left} ${top} ${width} ${height}" font-family="${FONT}">` +
    `${title}<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="${colours.canvas}"/>` +
    `${edges.join('')}${cards.join('')}</svg>\n`;
  return { svg, width, height };
}

/** Lines of a card: there are no live figures that would need the room. */
function wrapped(text: string, most: number): string[] {
  const lines: string[] = [''];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1) ?? '';
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= SUMMARY_CHARACTERS || line === '') lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  const shown = lines.slice(0, most).map((line) => cut(line, SUMMARY_CHARACTERS));
  return lines.length > most ? [...shown.slice(0, -1), cut(`${shown.at(-1)} …`, SUMMARY_CHARACTERS)] : shown;
}

const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;

const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML has no way to write them
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, ' ');
