import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { axisText } from './axis-text.ts';
import { frameScene } from './frame-scene.ts';
import { intervalScene } from './interval-scene.ts';
import { LANES_MAX, sceneOf, stateAt } from './window-scene.ts';
import { readWindow } from './window-settings.ts';
import { windowWords } from './window-words.ts';

const MIN = 60_000;
const read = (settings: Record<string, unknown>) => {
  const found = readWindow(settings);
  assert.ok(found !== null);
  return found;
};
const scene = (window: Record<string, unknown>, rest: Record<string, unknown> = {}) =>
  sceneOf(read({ window, ...rest }));
const bounds = (found: ReturnType<typeof scene>) =>
  found.windows.map(({ start, end }) => [start / MIN, end / MIN]);
const words = (settings: Record<string, unknown>) => {
  const found = read(settings);
  return windowWords(found, sceneOf(found)).map(({ key }) => key.replace('drawing.', ''));
};

describe('the picture of a window', () => {
  it('lays tumbling windows one after the other, moved by the offset', () => {
    assert.deepEqual(bounds(scene({ kind: 'tumbling', size: '1 h' })), [
      [0, 60],
      [60, 120],
      [120, 180],
    ]);
    const days = scene({ kind: 'tumbling', size: '1 d', offset: '-8 h' });
    assert.equal(days.windows[0]?.start, 16 * 60 * MIN);
    assert.deepEqual(
      days.ticks.map((tick) => axisText(tick, days.ticks)),
      ['16 h', '1 d 16 h', '2 d 16 h', '3 d 16 h'].map((text) => text.replaceAll(' ', '\u00a0')),
    );
  });

  it('puts overlapping windows into lanes, and never two into one', () => {
    const hopping = scene({ kind: 'hopping', size: '10 min', slide: '4 min' });
    assert.equal(hopping.lanes, 3);
    assert.equal(hopping.perRecord, 0);
    for (const one of hopping.windows)
      for (const other of hopping.windows)
        assert.ok(
          one === other || one.lane !== other.lane || one.end <= other.start || other.end <= one.start,
          `${one.start} and ${other.start} overlap`,
        );
    assert.equal(scene({ kind: 'hopping', size: '10 min', slide: '5 min' }).perRecord, 2);
  });

  it('grows cumulating windows from one start', () => {
    assert.deepEqual(bounds(scene({ kind: 'cumulating', size: '15 min', step: '5 min' })).slice(0, 4), [
      [0, 5],
      [0, 10],
      [0, 15],
      [15, 20],
    ]);
  });

  it('stays small whatever the settings are', () => {
    for (const window of [
      { kind: 'hopping', size: '10000 d', slide: '1 ms' },
      { kind: 'cumulating', size: '10000 d', step: '1 ms' },
      { kind: 'sliding', size: '10000 d' },
      { kind: 'count', size: 1_000_000_000, slide: 1 },
      { kind: 'tumbling', size: '1 ms', offset: '-10000 d' },
    ]) {
      const trigger = { early: { kind: 'event-time', every: '1 ms' } };
      const found = scene(window, { trigger, lateness: '10000 d' });
      assert.ok(found.lanes <= LANES_MAX && found.windows.length <= 25, JSON.stringify(window));
      assert.ok(found.windows.every(({ firings }) => firings.length < 30));
    }
  });

  it('ends sessions a gap after their last record', () => {
    const found = scene({ kind: 'session', gap: '30 min' });
    assert.equal(found.windows.length, 3);
    for (const { start, end } of found.windows) {
      const inside = found.records.filter(({ time }) => time >= start && time < end);
      assert.equal(Math.max(...inside.map(({ time }) => time)) + 30 * MIN, end);
    }
  });

  it('has a sliding window for each set of records within the size, once', () => {
    const found = scene({ kind: 'sliding', size: '1 h' });
    const sets = found.windows.map(({ start, end }) =>
      found.records.flatMap(({ time }, i) => (time >= start && time < end ? [i] : [])).join(),
    );
    assert.deepEqual(sets.toSorted(), ['0', '0,1', '1', '2']);
    assert.deepEqual(found.windows.map(({ firings }) => firings.map(({ rows }) => rows).join()).toSorted(), [
      '1',
      '1',
      '1',
      '2',
    ]);
  });

  it('fires a count window with the record that fills it, overlapping ones with fewer at first', () => {
    const found = scene({ kind: 'count', size: 4, slide: 2 });
    assert.deepEqual(
      found.windows.slice(0, 3).map(({ start, end, rows }) => [start, end, rows]),
      [
        [0, 2, 2],
        [0, 4, 4],
        [2, 6, 4],
      ],
    );
  });

  it('shows an example, without figures, while settings are missing', () => {
    for (const window of [
      { kind: 'tumbling' },
      { kind: 'hopping', size: '1 h' },
      { kind: 'session', gap: 'soon' },
    ]) {
      assert.equal(scene(window).assumed, true);
      assert.deepEqual(words({ window }), ['assumed']);
    }
    assert.equal(readWindow({}), null);
    assert.equal(readWindow({ window: { kind: 'unheard-of' } }), null);
  });
});

describe('when a window fires', () => {
  const fired = (rest: Record<string, unknown>) =>
    scene({ kind: 'tumbling', size: '1 h' }, rest).windows[0]?.firings.map(
      ({ timing, rows, takesBack }) => `${timing} ${takesBack === null ? '' : `-${takesBack} `}${rows}`,
    );

  it('once at its end; a record that comes after that is late', () => {
    assert.deepEqual(fired({}), ['on-time 4']);
    const { records } = scene({ kind: 'tumbling', size: '1 h' });
    assert.deepEqual(
      records.filter(({ fate }) => fate !== 'on-time').map(({ fate }) => fate),
      ['dropped'],
    );
  });

  it('again for what comes within the allowed lateness', () => {
    assert.deepEqual(fired({ lateness: '30 min' }), ['on-time 4', 'late 5']);
  });

  it('early every so many records; what is told differs by accumulation', () => {
    const trigger = { early: { kind: 'rows', every: 3 } };
    const lateness = '30 min';
    assert.deepEqual(fired({ trigger, lateness }), ['early 3', 'on-time 4', 'late 5']);
    assert.deepEqual(fired({ trigger, lateness, accumulation: 'discarding' }), [
      'early 3',
      'on-time 1',
      'late 1',
    ]);
    assert.deepEqual(fired({ trigger, lateness, accumulation: 'retracting' }), [
      'early 3',
      'on-time -3 4',
      'late -4 5',
    ]);
  });

  it('at its end also where early results told all, unless it discards', () => {
    const trigger = { early: { kind: 'rows', every: 1 } };
    assert.equal(fired({ trigger })?.at(-1), 'on-time 4');
    assert.equal(fired({ trigger, accumulation: 'discarding' })?.at(-1), 'early 1');
    assert.equal(fired({ trigger: { ...trigger, onTime: 'never' } })?.at(-1), 'early 4');
  });

  it('has nothing late by the clock, and no end without bounds', () => {
    for (const time of ['processing', 'ingestion']) {
      const clock = scene({ kind: 'tumbling', size: '1 h' }, { time });
      assert.ok(clock.records.every(({ fate }) => fate === 'on-time'));
      assert.deepEqual(words({ window: { kind: 'tumbling', size: '1 h' }, time }), ['tumbling', 'byClock']);
    }
    assert.deepEqual(scene({ kind: 'global' }).windows[0]?.firings, []);
  });

  it('is open, fired and over as the watermark goes', () => {
    const [window] = scene({ kind: 'tumbling', size: '1 h' }).windows;
    assert.ok(window !== undefined);
    const states = [-1, 30 * MIN, 60 * MIN - 1, 90 * MIN].map((at) => stateAt(window, 20 * MIN, at));
    assert.deepEqual(states, ['coming', 'open', 'fired', 'over']);
  });
});

describe('the picture of an interval join', () => {
  it('turns the bounds around: they say where left lies from right', () => {
    const found = intervalScene({ lower: '-1 h', upper: '0 s' });
    assert.deepEqual([found.from + 0, found.to], [0, 60 * MIN]);
    assert.deepEqual(found.words[0]?.values, {
      from: { key: 'drawing.at' },
      to: { key: 'drawing.after', values: { duration: '1\u00a0h' } },
    });
  });

  it('leaves out an end that is excluded', () => {
    const meets = (settings: Record<string, unknown>) =>
      intervalScene({ lower: '-5 min', upper: '5 min', ...settings })
        .rights.filter((right) => right.meets)
        .map(({ time }) => time / MIN);
    assert.deepEqual([meets({})[0], meets({}).at(-1)], [-5, 5]);
    assert.ok(!meets({ upperBound: 'exclusive' }).includes(-5));
    assert.ok(!meets({ lowerBound: 'exclusive' }).includes(5));
  });

  it('says where nothing meets, and draws with one end missing', () => {
    assert.equal(intervalScene({ lower: '5 min', upper: '1 min' }).words[0]?.key, 'drawing.empty');
    for (const half of [{}, { lower: '5 min' }, { upper: '-5 min' }, { lower: 7 }]) {
      const found = intervalScene(half);
      assert.ok(
        found.assumed && found.from <= found.to && Number.isFinite(found.axis.to),
        JSON.stringify(half),
      );
    }
  });
});

describe('the picture of a frame', () => {
  const inside = (frame: unknown) => frameScene({ frame })?.records.filter((record) => record.inside).length;

  it('takes records of the same time in by time, and not by count', () => {
    assert.equal(inside({ kind: 'range' }), 8);
    assert.equal(inside({ kind: 'rows' }), 7);
    assert.equal(inside({ kind: 'rows', preceding: 2 }), 3);
    assert.equal(inside({ kind: 'rows', preceding: 0 }), 1);
    assert.equal(inside({ kind: 'rows', preceding: 1_000_000 }), 7);
  });
});
