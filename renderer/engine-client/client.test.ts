import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openText } from '../app/files.ts';
import { connectEngine, pauseRun, resumeRun, startRun, stopRun } from '../app/runs.ts';
import { edgeText, nodeState, rowFigure } from '../canvas/figures.ts';
import { EngineClient } from './client.ts';
import { DOCUMENT, FakeEngine, studioOf } from './fake.ts';

function client() {
  const engine = new FakeEngine();
  const lost: string[] = [];
  const messages: string[] = [];
  const made = new EngineClient(async () => engine.connect(), {
    message: ({ message }) => messages.push(message.type),
    lost: (cause) => lost.push(cause.code),
  });
  return { engine, client: made, lost, messages };
}

test('replies find their requests, in whatever order they come', async () => {
  const { engine, client: c } = client();
  await c.connect();
  engine.autoReply = false;
  const [first, second] = [c.request({ type: 'ping' }), c.request({ type: 'ping' })];
  const ids = engine.asked.flatMap((m) => (m.type === 'ping' ? [m.requestId] : []));
  engine.answer(ids[1]!, 'two');
  engine.answer(ids[0]!, 'one');
  assert.deepEqual([(await first).result, (await second).result], ['one', 'two']);
});

test('a dead engine fails what is open, is told once, and can be connected again', async () => {
  const { engine, client: c, lost } = client();
  await c.connect();
  engine.autoReply = false;
  const open = c.request({ type: 'ping' });
  engine.die();
  const reply = await open;
  assert.equal(reply.ok, false);
  assert.equal(reply.problems[0]?.code, 'R-ENGINE');
  assert.deepEqual(lost, ['R-ENGINE']);
  assert.equal((await c.request({ type: 'ping' })).ok, false, 'not connected');
  engine.autoReply = true;
  assert.ok((await c.connect()).ok);
  assert.ok((await c.request({ type: 'ping' })).ok);
});

test('another version and an engine that cannot be reached are problems, not throws', async () => {
  const { engine, client: c } = client();
  engine.version = 99;
  const other = await c.connect();
  assert.ok(!other.ok && other.problem.code === 'L-VERSION' && other.problem.value === '99');
  const none = new EngineClient(() => Promise.reject(new Error('refused')), { message() {}, lost() {} });
  const unreachable = await none.connect();
  assert.ok(!unreachable.ok && unreachable.problem.value === 'refused');
});

test('garbage from the other end closes the link and says why', async () => {
  const { engine, client: c, lost } = client();
  await c.connect();
  engine.sayRaw(Uint8Array.of(1, 2, 3));
  assert.deepEqual(lost, ['L-MESSAGE']);
  assert.ok(!c.connected);
});

test('a run: started, figures, paused, resumed, stopped', async () => {
  const { engine, studio: s } = studioOf();
  await connectEngine(s);
  openText(s, { path: '/home/ada/a.weir', fileName: 'a.weir', text: DOCUMENT });
  await startRun(s);
  assert.equal(s.run.getState().status, 'running');
  const start = engine.asked.find((m) => m.type === 'run.start');
  assert.equal(start?.type === 'run.start' && start.baseDir, '/home/ada');
  engine.tick(2000);
  assert.equal(s.telemetry.node('source', 'recordsOut'), 2000);
  assert.equal(s.telemetry.edge('source→table', 'recordsPerSecond'), 1000);
  await pauseRun(s);
  assert.equal(s.run.getState().status, 'paused');
  await resumeRun(s);
  assert.equal(s.run.getState().status, 'running');
  await stopRun(s);
  assert.equal(s.run.getState().status, 'ended');
  assert.equal(s.run.getState().summary?.outcome, 'stopped');
  assert.equal(s.telemetry.node('source', 'recordsOut'), 2000, 'the last state stays to be seen');
});

test('a document with errors is not run: its problems are shown', async () => {
  const { engine, studio: s } = studioOf();
  await connectEngine(s);
  openText(s, { path: null, fileName: 'a.weir', text: '{"weir":1,"nodes":{},"edges":[]}' });
  await startRun(s);
  assert.ok(!engine.asked.some((m) => m.type === 'run.start'));
  assert.equal(s.ui.getState().panelTab, 'problems');
});

test('a file that is no document is shown as broken', () => {
  const { studio: s } = studioOf();
  openText(s, { path: '/x.weir', fileName: 'x.weir', text: '{"weir":' });
  const { file, broken } = s.document.getState();
  assert.equal(file, null);
  assert.equal(broken?.problems[0]?.code, 'D-JSON');
});

test('after a run its totals are shown, and no rate or state of the past as if it were now', async () => {
  const { engine, studio: s } = studioOf();
  await connectEngine(s);
  openText(s, { path: null, fileName: 'a.weir', text: DOCUMENT });
  await startRun(s);
  engine.tick(3000);
  const shown = () => ({
    state: nodeState(s.telemetry, 'table'),
    rate: rowFigure(s.telemetry, 'table', 'sink', 'rate', 'utc').text.replace('\u202f', ' '),
    edge: edgeText(s.telemetry, 'source→table').replace('\u202f', ' '),
  });
  assert.deepEqual(shown(), { state: 'running', rate: '1 k', edge: '1 k' });
  engine.end('stopped');
  assert.deepEqual(shown(), { state: 'idle', rate: '3,000', edge: '3,000' });
  await startRun(s);
  assert.deepEqual(shown(), { state: null, rate: '–', edge: '' });
});

test('a link that does not open in time counts as not there, and is closed when it comes after all', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const engine = new FakeEngine();
  let open: () => void = () => {};
  let closed = false;
  const waiting = new EngineClient(
    () =>
      new Promise((resolve) => {
        open = () => {
          const close = (): void => {
            closed = true;
          };
          resolve({ ...engine.connect(), close });
        };
      }),
    { message() {}, lost() {} },
  );
  const connecting = waiting.connect();
  context.mock.timers.tick(10_000);
  const failed = await connecting;
  assert.ok(!failed.ok && !failed.reached);
  assert.equal(failed.problem.value, 'no connection within 10 s');
  open();
  await new Promise(setImmediate);
  assert.ok(closed && !waiting.connected);
});
