import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openText } from '../app/files.ts';
import { connectEngine, endRun, pauseRun, reviveEngine, startRun, stopRun } from '../app/runs.ts';
import { watchSelection } from '../runs/watch.ts';
import { forgetRun } from '../store/run.ts';
import { PAUSES_MS } from './engine.ts';
import { DOCUMENT, studioOf } from './fake.ts';

/** A studio with a run that has given its first figures. */
async function running() {
  const made = studioOf();
  await connectEngine(made.studio);
  openText(made.studio, { path: null, fileName: 'a.weir', text: DOCUMENT });
  await startRun(made.studio);
  made.engine.tick(1000);
  return { ...made, s: made.studio, state: () => made.studio.run.getState() };
}

/** Lets everything that waits for nothing happen. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

test('a dropped link is connected again, and the same run goes on', async () => {
  const { engine, s, state, pauses } = await running();
  engine.log('begun', 7);
  const { runId } = state();
  engine.unreachable = 7;
  engine.drop();
  assert.equal(state().engine, 'reconnecting');
  assert.equal(state().status, 'running', 'nothing says that the run ended');
  assert.equal(s.telemetry.head('recordsRead'), 1000, 'the last figures stay');
  await settled();
  assert.equal(state().engine, 'ready');
  assert.deepEqual([state().runId, state().status], [runId, 'running']);
  assert.deepEqual(pauses.slice(0, 8), [...PAUSES_MS, 10_000, 10_000], 'the pauses grow to ten seconds');
  assert.equal(s.telemetry.head('recordsRead'), 1000, 'the engine told of the run again: nothing is lost');
  engine.tick(500);
  assert.equal(s.telemetry.head('recordsRead'), 1500);
  assert.deepEqual(
    state().log.map(({ text }) => text),
    ['begun'],
    'lines that the engine repeats are not said twice',
  );
  engine.log('later', 8);
  assert.equal(state().log.length, 2);
});

test('what is looked at is asked for again', async () => {
  const { engine, s } = await running();
  const end = watchSelection(s);
  const asked = () => engine.asked.filter(({ type }) => type === 'run.watch').length;
  const before = asked();
  assert.ok(before > 0);
  engine.drop();
  await settled();
  assert.equal(asked(), before + 1);
  end();
});

test('an engine that died ends its run, leaves its last figures, and can be had again', async () => {
  const { engine, s, state } = await running();
  engine.die();
  await settled();
  assert.equal(state().engine, 'dead');
  assert.equal(state().engineProblem?.message, 'The engine has stopped.');
  assert.equal(state().status, 'ended');
  assert.equal(state().problems[0]?.code, 'R-ENGINE');
  assert.equal(s.telemetry.head('recordsRead'), 1000);
  assert.ok(s.telemetry.ended);
  await reviveEngine(s);
  assert.equal(state().engine, 'ready');
  await startRun(s);
  assert.equal(state().status, 'running');
});

test('a run that ended while the link was down is known to be over', async () => {
  const { engine, state } = await running();
  engine.unreachable = 1;
  engine.drop();
  engine.end('finished');
  await settled();
  assert.equal(state().engine, 'ready');
  assert.equal(state().status, 'ended');
  assert.equal(state().problems[0]?.message, 'There is no such run.');
});

test('Stop takes effect though the link is down', async () => {
  const { engine, s, state } = await running();
  engine.drop();
  await stopRun(s);
  assert.equal(state().status, 'stopping');
  await settled();
  assert.equal(state().status, 'ended');
  assert.equal(state().summary?.outcome, 'stopped');
});

test('a pause that nobody answered is settled as the studio shows it', async () => {
  const { engine, s, state } = await running();
  engine.unheard = true;
  const paused = pauseRun(s);
  engine.drop();
  await paused;
  await settled();
  assert.equal(state().status, 'running');
  assert.equal(engine.asked.at(-1)?.type, 'run.resume');
});

test('a start whose answer was lost is found again', async () => {
  const { engine, studio: s } = studioOf();
  await connectEngine(s);
  openText(s, { path: null, fileName: 'a.weir', text: DOCUMENT });
  engine.unheard = true;
  const started = startRun(s);
  engine.drop();
  assert.equal(s.run.getState().status, 'starting');
  await started;
  await settled();
  assert.equal(s.run.getState().engine, 'ready');
  assert.equal(s.run.getState().status, 'running');
});

test('a run whose document was closed while the link was down is stopped when it is back', async () => {
  const { engine, s } = await running();
  engine.drop();
  endRun(s);
  forgetRun(s.run);
  await settled();
  assert.equal(engine.asked.at(-1)?.type, 'run.stop');
});

test('an engine that opens links and never greets is not waited for for ever', async () => {
  const { engine, state, pauses } = await running();
  engine.greets = false;
  engine.drop();
  await settled();
  assert.equal(state().engine, 'dead');
  assert.equal(state().engineProblem?.value, 'the link was closed');
  assert.equal(pauses.length, 3);
});

test('garbage is no dropped link: asking again would bring it again', async () => {
  const { engine, state, pauses } = await running();
  engine.sayRaw(Uint8Array.of(1, 2, 3));
  await settled();
  assert.equal(state().engine, 'dead');
  assert.equal(state().engineProblem?.code, 'L-MESSAGE');
  assert.deepEqual(pauses, []);
});
