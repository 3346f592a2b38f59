import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { HOST_CALLS } from '../engine/contract/host.ts';
import * as electron from '../test/electron-stand-in.ts';
import {
  COMMAND_CHANNEL,
  CONNECT_CHANNEL,
  callChannel,
  MENU_COMMANDS,
  OPEN_CHANNEL,
  PORT_CHANNEL,
  PORT_MESSAGE,
  type WeirBridge,
} from './ipc/contract.ts';

/** The shell under Node, with a stand-in for the `electron` module: main.ts itself runs, anew for every test. */
describe('the shell', () => {
  let folder: string;
  let instance = 0;
  let hooks: ReturnType<typeof registerHooks>;
  const surroundings = { argv: process.argv, home: process.env['WEIR_HOME'] };

  before(async () => {
    hooks = registerHooks({
      resolve: (specifier, context, next) =>
        specifier === 'electron'
          ? { url: new URL('../test/electron-stand-in.ts', import.meta.url).href, shortCircuit: true }
          : next(specifier, context),
    });
    folder = await mkdtemp(join(tmpdir(), 'weir-shell-'));
    await mkdir(join(folder, 'dist', 'renderer'), { recursive: true });
    await mkdir(join(folder, 'examples'));
    await writeFile(join(folder, 'dist', 'renderer', 'index.html'), '<title>Weir</title>');
    await writeFile(join(folder, 'a.weir'), '{}');
    process.env['WEIR_HOME'] = join(folder, 'config');
  });
  after(async () => {
    hooks.deregister();
    process.argv = surroundings.argv;
    if (surroundings.home === undefined) delete process.env['WEIR_HOME'];
    else process.env['WEIR_HOME'] = surroundings.home;
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    electron.reset();
    electron.app.root = folder;
    process.argv = ['electron', folder];
  });
  afterEach(() => electron.reset());

  /** Starts main.ts as a fresh module and gives its window. */
  async function start(): Promise<electron.BrowserWindow> {
    await import(`./main.ts?${instance++}`);
    const window = electron.BrowserWindow.all[0];
    assert.ok(window);
    return window;
  }
  const eventOf = (window: electron.BrowserWindow, frame = window.webContents.mainFrame) => ({
    sender: window.webContents,
    senderFrame: frame,
  });
  const call = async (
    name: (typeof HOST_CALLS)[number],
    event: unknown,
    ...args: unknown[]
  ): Promise<unknown> => {
    const handler = electron.ipcMain.handlers.get(callChannel(name));
    assert.ok(handler);
    return handler(event, ...args);
  };

  test('opens one sandboxed window on its own page', async () => {
    const window = await start();
    assert.equal(window.webContents.mainFrame.url, 'app://weir/');
    assert.deepEqual(window.options['webPreferences'], {
      preload: join(folder, 'dist', 'electron', 'preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
    });
    electron.app.emit('activate');
    assert.equal(electron.BrowserWindow.all.length, 1);
  });

  test('serves the page under a policy, and nothing beside it', async () => {
    await start();
    assert.equal(electron.protocol.schemes[0]?.privileges['secure'], true);
    const get = (url: string, method = 'GET'): Promise<Response> => {
      const handler = electron.protocol.handlers.get('app');
      assert.ok(handler);
      return handler({ url, method } as Request);
    };
    const page = await get('app://weir/');
    assert.match(await page.text(), /Weir/);
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'.*script-src 'self';/);
    for (const url of ['app://weir/none.js', 'app://weir/..%2f..%2fa.weir', 'app://other/']) {
      assert.equal((await get(url)).status, 404, url);
    }
    assert.equal((await get('app://weir/', 'POST')).status, 404);
  });

  test('the window stays on its page; only web links leave, to the browser', async () => {
    const { webContents } = await start();
    for (const name of ['will-navigate', 'will-redirect', 'will-attach-webview']) {
      let prevented = false;
      webContents.emit(name, { preventDefault: () => (prevented = true) });
      assert.ok(prevented, name);
    }
    for (const url of [
      'https://example.org/',
      'file:///etc/passwd',
      'smb://host/x',
      'javascript:1',
      'no url',
    ]) {
      assert.deepEqual(webContents.openHandler({ url }), { action: 'deny' });
    }
    assert.deepEqual(electron.shell.opened, ['https://example.org/']);
  });

  test('grants the clipboard to its own page, and nothing else', async () => {
    const window = await start();
    const ask = (permission: string): boolean => {
      let allowed = false;
      electron.session.defaultSession.ask(window.webContents, permission, (answer) => {
        allowed = answer;
      });
      return allowed;
    };
    assert.equal(ask('clipboard-sanitized-write'), true);
    assert.equal(ask('geolocation'), false);
    assert.equal(
      electron.session.defaultSession.check(null, 'clipboard-read', 'https://evil.example'),
      false,
    );
    window.webContents.mainFrame = { url: 'https://evil.example/' };
    assert.equal(ask('clipboard-sanitized-write'), false);
  });

  test('answers every call, of its own page only', async () => {
    const window = await start();
    assert.deepEqual([...electron.ipcMain.handlers.keys()].sort(), HOST_CALLS.map(callChannel).sort());
    const good = eventOf(window);
    const path = join(folder, 'saved.weir');
    assert.deepEqual(await call('save', good, path, 'text'), {
      ok: true,
      value: { path, fileName: 'saved.weir', text: 'text' },
    });
    const strangers = [
      eventOf(window, { url: 'app://weir/' }), // a frame inside the page
      { sender: window.webContents, senderFrame: null },
    ];
    for (const event of strangers) await assert.rejects(call('save', event, path, 'evil'), /only the studio/);
    window.webContents.mainFrame = { url: 'https://evil.example/' };
    await assert.rejects(call('save', eventOf(window), path, 'evil'), /only the studio/);
    assert.equal(await readFile(path, 'utf8'), 'text');
  });

  test('checks arguments before it does anything', async () => {
    const event = eventOf(await start());
    for (const args of [[], ['x.weir'], [7, 'text'], ['x.weir', 'text', 'more']]) {
      const answer = (await call('save', event, ...args)) as { ok: boolean; problem: { code: string } };
      assert.equal(answer.problem.code, 'L-MESSAGE');
    }
  });

  test('opens and saves through the native dialogs', async () => {
    const event = eventOf(await start());
    assert.deepEqual(await call('openDialog', event), { ok: true, value: null });
    const path = join(folder, 'a.weir');
    electron.dialog.openChoice = { canceled: false, filePaths: [path] };
    assert.deepEqual(await call('openDialog', event), {
      ok: true,
      value: { path, fileName: 'a.weir', text: '{}' },
    });
    electron.dialog.saveChoice = { canceled: false, filePath: join(folder, 'named') };
    await call('saveDialog', event, 'untitled.weir', 'written');
    assert.equal(await readFile(join(folder, 'named.weir'), 'utf8'), 'written');
  });

  test('hands the window a port to the engine, and starts a dead engine again', async () => {
    const window = await start();
    const connect = (event: unknown): void => void electron.ipcMain.emit(CONNECT_CHANNEL, event);
    connect({ sender: window.webContents, senderFrame: { url: 'app://weir/' } });
    assert.equal(electron.utilityProcess.forked.length, 0, 'a stranger starts no engine');
    connect(eventOf(window));
    const engine = electron.utilityProcess.forked[0];
    assert.ok(engine);
    assert.equal(engine.entry, join(folder, 'dist', 'engine', 'host.js'));
    const [channel, , ports] = window.webContents.posted[0] ?? [];
    assert.equal(channel, PORT_CHANNEL);
    const theirs = engine.received[0]?.[1][0];
    const ours = ports?.[0];
    assert.ok(theirs && ours);
    const heard = once(theirs, 'message');
    ours.postMessage('frame');
    assert.deepEqual(await heard, ['frame']);
    const closed = once(ours, 'close');
    engine.die(139);
    await closed;
    connect(eventOf(window));
    assert.equal(electron.utilityProcess.forked.length, 2);
    await call('restartEngine', eventOf(window));
    assert.equal(electron.utilityProcess.forked.length, 3);
    for (const [, , left] of window.webContents.posted) for (const port of left) port.close();
  });

  test('files of the command line, of a second start and of the system reach the window that is there', async () => {
    process.argv = ['electron', folder, '--flag', join(folder, 'a.weir'), 'note.txt'];
    const window = await start();
    const opened = (): unknown[] =>
      window.webContents.sent.filter(([channel]) => channel === OPEN_CHANNEL).map(([, path]) => path);
    assert.deepEqual(opened(), [], 'nobody listens before the page is there');
    window.webContents.emit('did-finish-load');
    assert.deepEqual(opened(), [join(folder, 'a.weir')]);
    electron.app.emit('second-instance', {}, ['weir', 'b.weir'], '/elsewhere');
    electron.app.emit('open-file', { preventDefault: () => {} }, '/c.weir');
    assert.deepEqual(opened(), [join(folder, 'a.weir'), '/elsewhere/b.weir', '/c.weir']);
    assert.equal(electron.BrowserWindow.all.length, 1);
    assert.ok(window.focused >= 1);
  });

  test('a second instance gives way', async () => {
    electron.app.hasLock = false;
    await import(`./main.ts?${instance++}`);
    assert.equal(electron.app.quits, 1);
    assert.equal(electron.BrowserWindow.all.length, 0);
  });

  test('the menu sends commands, and leaves their keys to the studio', async () => {
    const window = await start();
    const items = (electron.Menu.template as { submenu?: object[] }[]).flatMap(
      ({ submenu }) => submenu ?? [],
    );
    const clickable = items.filter((item): item is { click(): void } => 'click' in item);
    for (const item of clickable) item.click();
    const commands = window.webContents.sent.filter(([channel]) => channel === COMMAND_CHANNEL);
    assert.deepEqual(commands.map(([, command]) => command).sort(), [...MENU_COMMANDS].sort());
    for (const item of clickable) {
      if ('accelerator' in item)
        assert.ok('registerAccelerator' in item && item.registerAccelerator === false);
    }
  });

  test('asks before unsaved changes are lost', async () => {
    const { webContents } = await start();
    const closes = (choice: number): boolean => {
      electron.dialog.buttonChoice = choice;
      let prevented = false;
      webContents.emit('will-prevent-unload', { preventDefault: () => (prevented = true) });
      return prevented;
    };
    assert.equal(closes(0), false, 'keeps editing');
    assert.equal(closes(1), true, 'closes');
  });

  test('offers to load a studio again that crashed', async () => {
    const { webContents } = await start();
    electron.app.emit('render-process-gone', {}, webContents, { reason: 'clean-exit' });
    assert.equal(webContents.reloads, 0);
    electron.app.emit('render-process-gone', {}, webContents, { reason: 'oom' });
    assert.equal(webContents.reloads, 1);
  });

  test('the engine ends before the app does', async () => {
    const window = await start();
    electron.ipcMain.emit(CONNECT_CHANNEL, eventOf(window));
    let engineGone = false;
    electron.utilityProcess.forked[0]?.once('exit', () => {
      engineGone = true;
    });
    const quit = once(electron.app, 'quit');
    electron.app.quit();
    await quit;
    assert.ok(engineGone);
    for (const [, , ports] of window.webContents.posted) for (const port of ports) port.close();
  });

  test('the preload exposes named functions, keeps early messages, and passes the port on', async () => {
    const posted: unknown[][] = [];
    const page = {
      location: { origin: 'app://weir' },
      postMessage: (...args: unknown[]) => posted.push(args),
    };
    Object.assign(globalThis, { window: page });
    try {
      await import(`./preload.ts?${instance++}`);
      const bridge = electron.contextBridge.exposed.get('weir') as WeirBridge;
      assert.deepEqual(
        Object.keys(bridge).sort(),
        [...HOST_CALLS, 'connectEngine', 'onCommand', 'onOpenFile'].sort(),
      );
      assert.equal(await bridge.save('/x.weir', 'text'), 'answer');
      assert.deepEqual(electron.ipcRenderer.invoked, [[callChannel('save'), ['/x.weir', 'text']]]);
      bridge.connectEngine();
      assert.deepEqual(electron.ipcRenderer.sent, [CONNECT_CHANNEL]);
      electron.ipcRenderer.emit(PORT_CHANNEL, { ports: ['port'] });
      assert.deepEqual(posted, [[PORT_MESSAGE, 'app://weir', ['port']]]);
      electron.ipcRenderer.emit(OPEN_CHANNEL, {}, '/early.weir');
      const opened: string[] = [];
      const stop = bridge.onOpenFile((path) => opened.push(path));
      electron.ipcRenderer.emit(OPEN_CHANNEL, {}, '/later.weir');
      stop();
      electron.ipcRenderer.emit(OPEN_CHANNEL, {}, '/never.weir');
      assert.deepEqual(opened, ['/early.weir', '/later.weir']);
    } finally {
      Reflect.deleteProperty(globalThis, 'window');
    }
  });
});
