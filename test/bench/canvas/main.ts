/**
 * `npm run bench:canvas`: a run of 1,000 nodes on the canvas, figures ten times a second: the real studio, host and engine, in a
 * headless Chromium without a graphics card. Frames a second and the main thread's share, at rest and while one pans and zooms.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { Studio } from '../../e2e/studio.ts';
import { type Bar, barLine, passed, writeSection } from '../section.ts';
import { type Frames, watchFrames } from './frames.ts';
import { manyNodes } from './graph.ts';

const HELP = `npm run bench:canvas -- [options]
  --nodes N       a multiple of 4 (1000)
  --seconds N     of each part (10)
  --write         keeps the figures in docs/benchmarks-start-canvas.md
  --strict        exit code 1 where a bar is missed`;
const FRAMES_MIN = 50;
const BUSY_MAX = 40;
const STEP_MS = 16;

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '10' },
    write: { type: 'boolean', default: false },
    strict: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** In the middle of the canvas, between two rows of cards. */
async function grip(page: Page): Promise<{ x: number; y: number }> {
  const box = await page.locator('.react-flow').boundingBox();
  if (box === null) throw new Error('no canvas');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Moves to and fro, as a hand does. */
async function pan(page: Page, isOver: () => boolean): Promise<void> {
  const at = await grip(page);
  // On the pane and not on a card: the pane takes the drag.
  const free = await page.evaluate(({ x, y }) => {
    for (let dy = 0; dy < 120; dy += 3)
      for (let dx = 0; dx < 120; dx += 3)
        if (document.elementFromPoint(x + dx, y + dy)?.classList.contains('react-flow__pane') === true)
          return { x: x + dx, y: y + dy };
    return null;
  }, at);
  if (free === null) throw new Error('no free place on the canvas');
  await page.mouse.move(free.x, free.y);
  await page.mouse.down();
  for (let step = 0; !isOver(); step++) {
    const angle = step / 20;
    await page.mouse.move(free.x + 160 * Math.sin(angle), free.y + 90 * Math.sin(angle * 0.7));
    await sleep(STEP_MS);
  }
  await page.mouse.up();
}

async function zoom(page: Page, isOver: () => boolean): Promise<void> {
  const at = await grip(page);
  await page.mouse.move(at.x, at.y);
  for (let step = 0; !isOver(); step++) {
    await page.mouse.wheel(0, step % 60 < 30 ? -30 : 30);
    await sleep(STEP_MS);
  }
}

/** Wheels until the canvas is at this zoom; how far is read from the page. */
async function zoomTo(page: Page, wanted: number): Promise<number> {
  const at = await grip(page);
  await page.mouse.move(at.x, at.y);
  const read = (): Promise<number> =>
    page
      .locator('.react-flow__viewport')
      .evaluate((element) => new DOMMatrix(getComputedStyle(element).transform).a);
  for (let tries = 0; tries < 200; tries++) {
    const now = await read();
    const off = Math.log2(wanted / now);
    if (Math.abs(off) < 0.03) break;
    await page.mouse.wheel(0, -Math.sign(off) * Math.min(100, Math.abs(off) * 450));
    await sleep(60);
  }
  return read();
}

async function measure(): Promise<{ label: string; frames: Frames }[]> {
  const ms = Number(values.seconds) * 1000;
  const studio = await Studio.open('light', false);
  try {
    const { page } = studio;
    const session = await page.context().newCDPSession(page);
    const found: { label: string; frames: Frames }[] = [];
    const part = async (
      label: string,
      doing?: (page: Page, isOver: () => boolean) => Promise<void>,
    ): Promise<void> => {
      await sleep(1500);
      const cards = await page.locator('.react-flow__node').count();
      const frames = await watchFrames(
        page,
        session,
        ms,
        doing === undefined ? undefined : (isOver) => doing(page, isOver),
      );
      const line = { label: `${label} (${cards} cards)`, frames };
      found.push(line);
      console.error(lineOf(line));
    };
    await studio.dropFile('many.weir', manyNodes(Number(values.nodes)));
    await part('no run, all in view');
    await studio.run();
    await sleep(3000);
    await part('run, all in view');
    await part('run, all in view, panning', pan);
    await zoomTo(page, 0.4);
    await part('run, at 40 %, figures shown');
    await part('run, at 40 %, panning', pan);
    await zoomTo(page, 1);
    await part('run, at 100 %');
    await part('run, at 100 %, panning', pan);
    await zoomTo(page, 0.25);
    await part('run, zooming in and out', zoom);
    await studio.stop();
    return found;
  } finally {
    await studio.close();
  }
}

const percent = (share: number): string => `${(share * 100).toFixed(0).padStart(3)} %`;

const lineOf = ({ label, frames }: { label: string; frames: Frames }): string =>
  `${label.padEnd(44)}${frames.perSecond.toFixed(1).padStart(6)}   ${frames.p99Ms.toFixed(0).padStart(5)} ms   ${percent(frames.busy)}  ${percent(frames.script)}  ${percent(frames.styles)}  ${percent(frames.layout)}`;

if (values.help) console.log(HELP);
else {
  const found = await measure();
  const head = `${''.padEnd(44)}  fps   p99 frame   busy  script  style  layout`;
  const bars: Bar[] = found
    .filter(({ label }) => label.startsWith('run'))
    .flatMap(({ label, frames }) => [
      { what: label, value: frames.perSecond, unit: 'frames/s', limit: FRAMES_MIN, atLeast: true },
      { what: label, value: frames.busy * 100, unit: '% of the main thread', limit: BUSY_MAX },
    ]);
  const text = [head, ...found.map(lineOf), '', ...bars.map(barLine)].join('\n');
  console.log(text);
  if (values.write)
    writeSection(
      'Canvas',
      `npm run bench:canvas -- --nodes ${values.nodes}`,
      `${values.nodes} nodes, all of which run; figures at 10 Hz; headless Chromium that draws on the CPU.\n${text}`,
    );
  if (values.strict && !bars.every(passed)) process.exitCode = 1;
}
