/** The document as something for others: a picture, a chart for a page, its text. */

import { printDocument } from '../../engine/contract/print.ts';
import { problem } from '../../engine/contract/problems.ts';
import { mermaidOf } from '../../engine/plan/mermaid.ts';
import { configOrder } from '../../engine/specs.ts';
import type { Studio } from '../store/studio.ts';
import { type PictureTheme, pictureOf } from './picture.ts';

/** Of a PNG: sharp on most screens, and small enough for a page. */
const PIXELS = 2;
/** px; browsers draw no larger ones. */
const SIDE_MAX = 8192;

export const copyMermaid = (studio: Studio): Promise<void> =>
  copy(studio, mermaidOf(studio.document.getState().graph));

export const copyJson = (studio: Studio): Promise<void> =>
  copy(studio, printDocument(studio.document.getState().document, configOrder));

export function saveSvg(studio: Studio): void {
  const picture = pictureOf(studio.document.getState().document, themeOf());
  if (picture !== null)
    download(`${baseName(studio)}.svg`, new Blob([picture.svg], { type: 'image/svg+xml' }));
}

export async function savePng(studio: Studio): Promise<void> {
  const picture = pictureOf(studio.document.getState().document, themeOf());
  if (picture === null) return;
  const { svg, width, height } = picture;
  const scale = Math.min(PIXELS, SIDE_MAX / Math.max(width, height));
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob !== null) download(`${baseName(studio)}.png`, blob);
}

const themeOf = (): PictureTheme => (document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light');

const baseName = ({ document: store }: Studio): string =>
  (store.getState().file?.fileName ?? 'pipeline').replace(/\.weir$/, '');

async function copy({ ui }: Studio, text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch (error) {
    ui.setState({
      notice: problem('C-ACCESS', {
        path: [],
        message: 'Nothing could be put on the clipboard.',
        value: error instanceof Error ? error.message : String(error),
        next: 'Allow the page to use the clipboard, or save a file instead.',
      }),
    });
  }
}

function download(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
