import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HEAD_SLOTS, NODE_SLOTS, nodeOffset, snapshotLength } from '../../engine/contract/telemetry.ts';
import { moveBy } from '../runs/history/move.ts';
import { capacityFor, History, type Moment } from './history.ts';
import { Telemetry } from './telemetry.ts';

const LAYOUT = { nodes: ['n'], edges: [], partitions: [] };
const LENGTH = snapshotLength(LAYOUT);

function figuresAt(elapsedMs: number, recordsIn = elapsedMs): Float64Array {
  const figures = new Float64Array(LENGTH);
  figures[HEAD_SLOTS.indexOf('elapsedMs')] = elapsedMs;
  figures[nodeOffset(0) + NODE_SLOTS.indexOf('recordsIn')] = recordsIn;
  figures[nodeOffset(0) + NODE_SLOTS.indexOf('recordsInPerSecond')] = recordsIn / 10;
  return figures;
}

const moment = (elapsedMs: number): Moment => ({
  elapsedMs,
  layout: LAYOUT,
  figures: figuresAt(elapsedMs),
  evidence: [],
});

const all = (history: History): Moment[] =>
  Array.from({ length: history.length }, (_, i) => history.at(i) as Moment);

test('an hour, and a day, at 10 Hz stay within the bound and cover the whole run', () => {
  const history = new History();
  const bound = capacityFor(LENGTH);
  let most = 0;
  for (const hours of [1, 24]) {
    const before = (history.at(history.length - 1)?.elapsedMs ?? -100) + 100;
    for (let ms = before; ms <= hours * 3_600_000; ms += 100) {
      history.push(moment(ms));
      most = Math.max(most, history.length);
    }
    const kept = all(history).map(({ elapsedMs }) => elapsedMs);
    assert.equal(kept[0], 0, 'the start');
    assert.equal(kept.at(-1), hours * 3_600_000, 'the present');
    const gaps = kept.slice(1).map((ms, i) => ms - (kept[i] ?? 0));
    assert.ok(Math.min(...gaps) > 0, 'in order');
    assert.ok(Math.max(...gaps) <= hours * 8000, `no hole: ${Math.max(...gaps)} ms`);
    assert.deepEqual(new Set(gaps.slice(-1000)), new Set([100]), 'the last minutes are whole');
  }
  assert.ok(most <= bound, `${most} > ${bound}`);
});

test('big graphs keep fewer moments, also where the graph grows', () => {
  assert.ok(capacityFor(30_000) * 30_000 * 8 <= 64 * 1024 * 1024);
  const history = new History();
  for (let ms = 0; ms < 600_000; ms += 100) history.push(moment(ms));
  const figures = new Float64Array(30_000);
  for (let ms = 600_000; ms < 700_000; ms += 100) history.push({ ...moment(ms), figures });
  assert.ok(history.length <= capacityFor(30_000), String(history.length));
  assert.equal(history.at(0)?.elapsedMs, 0);
});

test('a moment is found by its time', () => {
  const history = new History();
  assert.equal(history.indexAt(5), -1);
  for (let ms = 0; ms <= 500_000; ms += 100) history.push(moment(ms));
  for (const ms of [0, 3456, 250_000, 499_999, 500_000, 900_000]) {
    const wanted = all(history).findLastIndex(({ elapsedMs }) => elapsedMs <= ms);
    assert.equal(history.indexAt(ms), wanted, String(ms));
  }
  history.push(moment(400_000));
  assert.equal(history.at(history.length - 1)?.elapsedMs, 500_000, 'what is told again is left aside');
});

test('findings of a moment are those of when its evidence came', () => {
  const history = new History();
  const evidence: Moment['evidence'][] = [[], [], []];
  for (let ms = 0; ms < 3000; ms += 100)
    history.push({ ...moment(ms), evidence: evidence[Math.floor(ms / 1000)] ?? [] });
  for (const ms of [0, 700, 1000, 1900, 2500])
    assert.equal(history.toldAt(history.at(ms / 100) as Moment).elapsedMs, Math.floor(ms / 1000) * 1000);
});

test('keys move by a moment, ten seconds, to both ends', () => {
  const history = new History();
  for (let ms = 0; ms <= 60_000; ms += 100) history.push(moment(ms));
  const at = (past: Moment | null | undefined) => (past ? past.elapsedMs : past);
  const middle = history.at(300) as Moment;
  assert.equal(at(moveBy(history, middle, 'ArrowLeft')), 29_900);
  assert.equal(at(moveBy(history, middle, 'ArrowRight')), 30_100);
  assert.equal(at(moveBy(history, middle, 'PageDown')), 20_000);
  assert.equal(at(moveBy(history, null, 'ArrowLeft')), 59_900);
  assert.equal(at(moveBy(history, middle, 'Home')), 0);
  assert.equal(moveBy(history, middle, 'End'), null);
  assert.equal(moveBy(history, history.at(599) as Moment, 'ArrowRight'), null, 'the last one is the present');
  assert.equal(moveBy(history, middle, 'a'), undefined);
});

test('a shown moment stays while the run goes on, and the present comes back', () => {
  const telemetry = new Telemetry((callback) => callback());
  telemetry.setLayout(LAYOUT);
  for (let ms = 0; ms <= 10_000; ms += 100) telemetry.push(figuresAt(ms));
  telemetry.show(telemetry.moments.at(telemetry.moments.indexAt(3000)) ?? null);
  assert.equal(telemetry.node('n', 'recordsIn'), 3000);
  const rates = new Float64Array(3);
  telemetry.history('n', rates);
  assert.deepEqual([...rates], [200, 250, 300]);
  telemetry.push(figuresAt(10_100));
  telemetry.setLayout({ nodes: ['other', 'n'], edges: [], partitions: [] });
  telemetry.end();
  assert.equal(telemetry.node('n', 'recordsIn'), 3000);
  assert.equal(telemetry.ended, false);
  telemetry.show(null);
  assert.equal(telemetry.ended, true);
  assert.ok(Number.isNaN(telemetry.node('n', 'recordsIn')), 'the new layout has no figures yet');
  telemetry.clear();
  assert.equal(telemetry.moments.length, 0);
});
