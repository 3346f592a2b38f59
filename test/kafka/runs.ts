/** Runs that go on while the test does something to them. */
import assert from 'node:assert/strict';
import type { GraphDocument } from '../../engine/contract/document.ts';
import { type NODE_SLOTS, nodeFigure } from '../../engine/contract/telemetry.ts';
import { startRun } from '../../engine/runtime/run.ts';
import type { RunHandle } from '../../engine/runtime/run-api.ts';

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export async function start(document: GraphDocument): Promise<{ run: RunHandle; log: string[] }> {
  const log: string[] = [];
  const run = await startRun(
    { runId: 'r', document, baseDir: '.', options: {} },
    {
      layout() {},
      log: (_at, level, _node, text) => log.push(`${level} ${text}`),
      sample() {},
      view() {},
      checkpoint() {},
      ended() {},
    },
  );
  return { run, log };
}

/** Waits until a figure of the first node is what it should be. */
export async function figure(run: RunHandle, slot: (typeof NODE_SLOTS)[number], value: number, node = 0) {
  const now = (): number => nodeFigure(run.snapshot(), node, slot);
  await eventually(
    slot,
    () => now() === value,
    () => assert.equal(now(), value, slot),
  );
}

export const lines = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({ key: `${i % 5}`, value: `${from + i}` }));

/** @param last says what was wrong, where it did not come */
export async function eventually(
  what: string,
  is: () => boolean,
  last: () => void = () => assert.fail(what),
): Promise<void> {
  const until = performance.now() + 30_000;
  while (!is() && performance.now() < until) await pause(50);
  if (!is()) last();
}
