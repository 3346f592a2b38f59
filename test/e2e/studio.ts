/**
 * A studio as a user has it: the real page in a Chromium, the real browser host, the real engine. Verbs are the
 * user's; what is read is what stands on the screen. Everything lives in a temp folder and ends with the spec.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Browser, Locator, Page, WebSocketRoute } from 'playwright-core';
import { EngineChild } from '../../engine/serve/engine-child.ts';
import { ENGINE_ENTRY, EXAMPLES_DIR, PAGE_DIR } from '../../engine/serve/locate.ts';
import { StudioServer } from '../../engine/serve/server.ts';
import { browserServices } from '../../engine/serve/services.ts';
import { fileServices } from '../../hosts/services.ts';
import { launchBrowser } from '../browser.ts';
import { ROOT } from '../root.ts';

export type Theme = 'light' | 'dark';

const SCREENSHOTS = join(ROOT, 'test-output', 'screenshots');
const SIZE = { width: 1440, height: 900 } as const;
/** A run starts two threads and reads its first file; on a busy machine that takes a while. */
const PATIENCE_MS = 20_000;

/**
 * Runs one spec in a studio of its own. When it fails, a screenshot shows where. A spec that passes must leave no
 * error of the page behind.
 */
export async function withStudio(
  {
    name,
    theme = 'light',
    network = false,
    locale = 'en-US',
  }: {
    readonly name: string;
    readonly theme?: Theme;
    /** The spec cuts the way to the engine; else it is the browser's own. */
    readonly network?: boolean;
    /** The system's language; the spec speaks that of the screen. */
    readonly locale?: 'en-US' | 'ja-JP';
  },
  spec: (studio: Studio) => Promise<void>,
): Promise<void> {
  const studio = await Studio.open(theme, network, locale);
  try {
    await spec(studio);
    assert.deepEqual(studio.faults, [], 'the page reported errors');
  } catch (error) {
    await studio.screenshot(`failed-${name}`).catch(() => {});
    throw error;
  } finally {
    await studio.close();
  }
}

/** Reads until `accept` takes what was read, and returns that. Fails with the last value. */
export async function eventually<T>(
  what: string,
  read: () => Promise<T>,
  accept: (value: T) => boolean,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const value = await read();
    if (accept(value)) return value;
    if (performance.now() > end)
      assert.fail(`${what}: after ${patienceMs} ms still ${JSON.stringify(value)}`);
    await sleep(100);
  }
}

export const textOf = async (locator: Locator): Promise<string> => (await locator.textContent()) ?? '';

interface Parts {
  readonly page: Page;
  readonly browser: Browser;
  readonly server: StudioServer;
  readonly engine: EngineChild;
  readonly home: string;
  readonly way: WayToEngine;
}

/** Stands between page and host, where a network would be: it can be cut without anyone's doing. */
class WayToEngine {
  #mended = Promise.resolve();
  #open: WebSocketRoute | null = null;
  mend: () => void = () => {};

  async lay(page: Page): Promise<void> {
    await page.routeWebSocket(/\/engine$/, async (route) => {
      await this.#mended;
      this.#open = route;
      route.connectToServer();
    });
  }

  /** What is open closes; what is opened waits, as packets do that nobody answers. */
  async cut(): Promise<void> {
    this.#mended = new Promise((resolve) => {
      this.mend = resolve;
    });
    await this.#open?.close();
  }
}

export class Studio {
  readonly page: Page;
  /** Where the studio's file dialog begins; removed at the end. */
  readonly home: string;
  /** Errors of the page: exceptions and what it wrote to its console. */
  readonly faults: string[] = [];
  readonly #parts: Parts;
  readonly #way: WayToEngine;

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.#way = parts.way;
    this.page = parts.page;
    this.home = parts.home;
    this.page.on('pageerror', (error) => this.faults.push(error.message));
    this.page.on('console', (message) => {
      if (message.type() === 'error') this.faults.push(message.text());
    });
  }

  static async open(theme: Theme, network: boolean, locale = 'en-US'): Promise<Studio> {
    await buildPage();
    const home = await mkdtemp(join(tmpdir(), 'weir-e2e-'));
    const engine = new EngineChild(ENGINE_ENTRY, join(home, '.weir'));
    const files = { examplesDir: EXAMPLES_DIR, configDir: join(home, '.weir'), homeDir: home, now: Date.now };
    const services = { ...browserServices(engine, EXAMPLES_DIR), ...fileServices(files) };
    const server = new StudioServer({ port: 0, pageDir: PAGE_DIR, services, engine });
    const address = await server.listen();
    let browser: Browser | null = null;
    try {
      browser = await launchBrowser();
      const page = await browser.newPage({
        viewport: SIZE,
        colorScheme: theme,
        locale,
        reducedMotion: 'reduce',
      });
      page.setDefaultTimeout(PATIENCE_MS);
      const way = new WayToEngine();
      if (network) await way.lay(page);
      const studio = new Studio({ page, browser, server, engine, home, way });
      await page.goto(address);
      await page.getByRole('button', { name: /^Flight delays/ }).waitFor();
      return studio;
    } catch (error) {
      await end(browser, server, home);
      throw error;
    }
  }

  async close(): Promise<void> {
    const { browser, server, home } = this.#parts;
    await end(browser, server, home);
  }

  async openExample(name: string): Promise<void> {
    await this.page.getByRole('button', { name: new RegExp(`^${name}`) }).click();
    await this.page.getByRole('region', { name: 'Graph' }).waitFor();
  }

  async openRecent(fileName: string): Promise<void> {
    await this.page.getByRole('button', { name: new RegExp(`^${fileName}`) }).click();
    await this.page.getByRole('region', { name: 'Graph' }).waitFor();
  }

  /** Presses Run and waits until the engine says that it runs. */
  async run(): Promise<void> {
    await this.button('Run').click();
    await this.button('Pause').waitFor();
  }

  async stop(): Promise<void> {
    await this.button('Stop').click();
    await this.page.getByRole('status').filter({ hasText: 'stopped:' }).waitFor();
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  card(name: string): Locator {
    return this.page.getByRole('article', { name, exact: true });
  }

  /** Between two nodes, named by their ids. */
  edge(from: string, to: string): Locator {
    return this.page.getByLabel(`Edge from ${from} to ${to}`, { exact: true });
  }

  async select(name: string): Promise<void> {
    await this.card(name).locator('header').click();
  }

  setting(title: string): Locator {
    return this.page.getByRole('complementary', { name: 'Inspector' }).getByLabel(title, { exact: true });
  }

  /** Types as a person does, key by key, in place of what is there; then leaves the field. */
  async type(title: string, text: string): Promise<void> {
    const field = this.setting(title);
    await field.click();
    await field.fill('');
    await field.pressSequentially(text);
    await field.blur();
  }

  /** Drags a node type from the palette onto the middle of the edge between two nodes. */
  async dragOntoEdge(label: string, from: string, to: string): Promise<void> {
    const { page } = this;
    const at = await this.edge(from, to)
      .locator('path')
      .first()
      .evaluate((element) => {
        const path = element as SVGPathElement;
        const { x, y } = path.getPointAtLength(path.getTotalLength() / 2);
        const onScreen = new DOMPoint(x, y).matrixTransform(path.getScreenCTM() ?? undefined);
        return { x: onScreen.x, y: onScreen.y };
      });
    await this.#takeFromPalette(label);
    await page.mouse.move(at.x + 30, at.y + 30, { steps: 6 });
    await page.mouse.move(at.x, at.y, { steps: 4 });
    await page.mouse.up();
  }

  /** Opens a document as a person drops its file on the window. */
  async dropFile(fileName: string, document: unknown): Promise<void> {
    const data = await this.page.evaluateHandle(
      ([name, text]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([text ?? ''], name ?? '', { type: 'application/json' }));
        return transfer;
      },
      [fileName, JSON.stringify(document)],
    );
    await this.page.dispatchEvent('body', 'dragenter', { dataTransfer: data });
    await this.page.dispatchEvent('body', 'dragover', { dataTransfer: data });
    await this.page.dispatchEvent('body', 'drop', { dataTransfer: data });
    await this.page.getByRole('region', { name: 'Graph' }).waitFor();
  }

  /** Drags a node type from the palette onto the canvas; `x` and `y` are shares of it. */
  async dragOntoCanvas(label: string, x: number, y: number): Promise<void> {
    const canvas = await this.page.locator('.react-flow').boundingBox();
    assert.ok(canvas !== null, 'no canvas');
    await this.#takeFromPalette(label);
    const at = { x: canvas.x + x * canvas.width, y: canvas.y + y * canvas.height };
    await this.page.mouse.move(at.x + 20, at.y + 20, { steps: 6 });
    await this.page.mouse.move(at.x, at.y, { steps: 4 });
    await this.page.mouse.up();
  }

  /** Draws an edge from a port to a port, each named by its card and its label. */
  async connect(from: readonly [card: string, port: string], to: readonly [string, string]): Promise<void> {
    const port = ([card, name]: readonly [string, string]) =>
      this.card(card).getByRole('img', { name, exact: true });
    await port(from).hover();
    await this.page.mouse.down();
    await port(to).hover();
    await port(to).hover();
    await this.page.mouse.up();
  }

  async #takeFromPalette(label: string): Promise<void> {
    await this.page
      .getByRole('navigation', { name: 'Nodes' })
      .getByRole('button', { name: label, exact: true })
      .first()
      .hover();
    await this.page.mouse.down();
  }

  /** Rows of a table in the Results tab, as the texts of their cells; the change of updating rows first. */
  async tableRows(name: string): Promise<readonly string[]> {
    const rows = this.page.getByRole('region', { name, exact: true }).locator('tbody tr');
    const texts = await rows.evaluateAll((found) =>
      found.map((row) =>
        [...row.querySelectorAll('td')]
          .map((cell) => cell.textContent)
          .join(' ')
          .trim(),
      ),
    );
    return texts.filter((text) => text !== '');
  }

  undo = (): Promise<void> => this.button('Undo').click();
  redo = (): Promise<void> => this.button('Redo').click();

  /** Saves under a new name in the home folder; returns the path. */
  async saveAs(fileName: string): Promise<string> {
    await this.button('Save').click();
    await this.page.getByLabel('File name').fill(fileName);
    await this.button('Save here').click();
    await this.page.getByRole('dialog').waitFor({ state: 'detached' });
    return join(this.home, fileName);
  }

  async reload(): Promise<void> {
    await this.page.reload();
  }

  /** The count of the top bar, exact; NaN before the first figures. */
  async read(): Promise<number> {
    const title = await this.page.locator('.stat', { hasText: 'read' }).locator('b').getAttribute('title');
    return title === null || title === '' ? Number.NaN : Number(title);
  }

  /** Records in and out of an operator, exact, after a run. */
  async totals(card: string): Promise<{ readonly into: number; readonly out: number }> {
    const row = this.card(card)
      .locator('dl > div')
      .filter({ has: this.page.getByText('records', { exact: true }) });
    const title = (await row.locator('dd').getAttribute('title')) ?? '';
    const [into = Number.NaN, out = Number.NaN] = title.replaceAll(',', '').split(' → ').map(Number);
    return { into, out };
  }

  /** As a crash or the system's out-of-memory killer would end it. */
  killEngine(): void {
    const { pid } = this.#parts.engine;
    assert.ok(pid !== null, 'no engine runs');
    process.kill(pid, 'SIGKILL');
  }

  /** The link to the engine closes and cannot be opened again, while the engine goes on. */
  cutNetwork = (): Promise<void> => this.#way.cut();
  mendNetwork = (): void => this.#way.mend();

  async screenshot(name: string): Promise<void> {
    await mkdir(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
  }
}

async function end(browser: Browser | null, server: StudioServer, home: string): Promise<void> {
  await browser?.close();
  await server.close();
  await rm(home, { recursive: true, force: true });
}

let built: Promise<unknown> | null = null;

/** Once, however many specs there are; in a process of its own, as the builder keeps threads and handles. */
async function buildPage(): Promise<void> {
  built ??= promisify(execFile)(process.execPath, [join(ROOT, 'tools', 'page.ts')], { cwd: ROOT });
  await built;
}
