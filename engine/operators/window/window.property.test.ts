/** Every kind, trigger and accumulation against the rules written down plainly: lists of rows, searched from the front. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { NodeSpec } from '../../contract/spec.ts';
import { field, INT, STRING } from '../../contract/types.ts';
import type { Value } from '../../contract/values.ts';
import type { StatefulRuntime } from '../../runtime/contracts.ts';
import { type Driven, type DriveStep, drive } from '../../testing/drive.ts';
import { waysToRun } from '../../testing/verify.ts';
import { windowRuntime } from './operator.ts';
import type { WindowConfig } from './settings/spec.ts';
import { windowSpec } from './spec.ts';

const OPERATOR = {
  spec: windowSpec as unknown as NodeSpec,
  runtime: windowRuntime as unknown as StatefulRuntime<Readonly<Record<string, unknown>>>,
  inputs: [field('k', STRING), field('v', INT)],
};

interface Row {
  readonly time: number;
  readonly k: string | null;
  readonly v: number;
}

interface Cell {
  readonly k: string | null;
  start: number;
  end: number;
  all: number[];
  fresh: number;
  firings: number;
  passed: boolean;
  onTimeRows: boolean;
  early: number | null;
  clock: number | null;
  sent: Readonly<Record<string, Value>>[];
}

const ms = (text: string | undefined): number => (text === undefined ? 0 : Number.parseInt(text, 10));

class Model {
  readonly #config: WindowConfig;
  readonly #lateness: number;
  #cells: Cell[] = [];
  #watermark = -Infinity;
  #now = 0;
  readonly out: string[] = [];
  late = 0;

  constructor(config: WindowConfig) {
    this.#config = config;
    this.#lateness = ms(config.lateness);
  }

  #windows(time: number): { start: number; end: number }[] {
    const { window } = this.#config;
    const found: { start: number; end: number }[] = [];
    if (window.kind === 'global') return [{ start: -Infinity, end: Infinity }];
    if (window.kind === 'session') return [{ start: time, end: time + ms(window.gap) }];
    if (window.kind !== 'hopping' && window.kind !== 'cumulating') throw new Error(window.kind);
    const size = ms(window.size);
    const offset = ms(window.offset);
    for (let from = time - 2 * size; from <= time + 2 * size; from++) {
      const steps = (by: number): boolean => (((from - offset) % by) + by) % by === 0;
      if (window.kind === 'hopping' && steps(ms(window.slide))) found.push({ start: from, end: from + size });
      if (window.kind === 'cumulating' && steps(size))
        for (let end = from + ms(window.step); end <= from + size; end += ms(window.step))
          found.push({ start: from, end });
    }
    return found.filter(({ start, end }) => start <= time && time < end);
  }

  row({ time, k, v }: Row): void {
    let taken = false;
    for (const window of this.#windows(time)) {
      const cell =
        this.#config.window.kind === 'session'
          ? this.#session(k, window.start, window.end)
          : this.#cell(k, window.start, window.end);
      if (cell === null) continue;
      taken = true;
      cell.all.push(v);
      cell.fresh++;
      const late = cell.end - 1 <= this.#watermark;
      if (!late) cell.onTimeRows = true;
      const { early, late: lateRule = { kind: 'rows' as const, every: 1 } } = this.#config.trigger ?? {};
      const rule = late ? lateRule : early;
      if (rule?.kind === 'rows' && cell.fresh >= rule.every) this.#fire(cell, false);
      if (rule?.kind === 'delay') cell.clock ??= this.#now + ms(rule.after);
      if (rule?.kind === 'clock') cell.clock ??= nextMultiple(this.#now, ms(rule.every));
      if (rule?.kind === 'event-time')
        cell.early ??= Math.max(nextMultiple(time, ms(rule.every)), this.#watermark + 1);
    }
    if (!taken) this.late++;
  }

  #cell(k: string | null, start: number, end: number): Cell | null {
    const found = this.#cells.find((c) => c.k === k && c.start === start && c.end === end);
    if (found !== undefined) return found;
    if (end - 1 + this.#lateness <= this.#watermark) return null;
    const cell: Cell = {
      k,
      start,
      end,
      all: [],
      fresh: 0,
      firings: 0,
      passed: end - 1 <= this.#watermark,
      onTimeRows: false,
      early: null,
      clock: null,
      sent: [],
    };
    this.#cells.push(cell);
    return cell;
  }

  #session(k: string | null, start: number, end: number): Cell | null {
    const touched = this.#cells.filter((c) => c.k === k && c.start <= end && start <= c.end);
    if (touched.length === 0) return this.#cell(k, start, end);
    const least = (of: (c: Cell) => number | null): number | null => {
      const there = touched.flatMap((c) => of(c) ?? []);
      return there.length === 0 ? null : Math.min(...there);
    };
    const from = Math.min(start, ...touched.map((c) => c.start));
    const to = Math.max(end, ...touched.map((c) => c.end));
    const [one] = touched;
    const same = touched.length === 1 && one?.start === from && one.end === to;
    const merged: Cell = {
      k,
      start: from,
      end: to,
      all: touched.flatMap((c) => c.all),
      fresh: touched.reduce((sum, c) => sum + c.fresh, 0),
      firings: same ? (one?.firings ?? 0) : 0,
      passed: to - 1 <= this.#watermark,
      onTimeRows: touched.some((c) => c.onTimeRows),
      early: least((c) => c.early),
      clock: least((c) => c.clock),
      sent: touched.flatMap((c) => c.sent),
    };
    this.#cells = [...this.#cells.filter((c) => !touched.includes(c)), merged];
    return merged;
  }

  watermark(watermark: number): void {
    this.#watermark = Math.max(this.#watermark, watermark);
    const stepOf = (c: Cell): number => c.end - 1 + (c.passed ? this.#lateness : 0);
    for (;;) {
      const due = this.#cells
        .flatMap((c) => [
          { at: stepOf(c), cell: c, early: false },
          ...(c.early === null ? [] : [{ at: c.early, cell: c, early: true }]),
        ])
        .filter(({ at }) => at <= watermark)
        .sort((a, b) => a.at - b.at)[0];
      if (due === undefined) return;
      if (due.early) this.#early(due.cell);
      else this.#step(due.cell);
    }
  }

  #early(cell: Cell): void {
    const rule = this.#config.trigger?.early;
    cell.early = null;
    if (rule?.kind !== 'event-time' || cell.end - 1 <= this.#watermark) return;
    if (cell.fresh > 0 || this.#config.accumulation !== 'discarding') this.#fire(cell, false);
    cell.early = nextMultiple(this.#watermark, ms(rule.every));
  }

  #step(cell: Cell): void {
    const { trigger, accumulation } = this.#config;
    if (!cell.passed) {
      cell.passed = true;
      const onTime = trigger?.onTime ?? (accumulation === 'discarding' ? 'changed' : 'always');
      if (onTime === 'always' || (onTime === 'changed' && cell.fresh > 0)) this.#fire(cell, true);
      if (this.#lateness > 0) return;
    }
    if (cell.fresh > 0 && trigger?.closing !== false) this.#fire(cell, false);
    this.#cells = this.#cells.filter((c) => c !== cell);
  }

  clock(now: number): void {
    this.#now = now;
    for (const cell of this.#cells)
      if (cell.clock !== null && cell.clock <= now) {
        cell.clock = null;
        if (cell.fresh > 0) this.#fire(cell, false);
      }
  }

  #fire(cell: Cell, atEnd: boolean): void {
    const { window, accumulation, pane } = this.#config;
    const early = cell.end - 1 > this.#watermark;
    const row: Record<string, Value> = {
      k: cell.k,
      ...(window.kind === 'global' ? {} : { window_start: cell.start, window_end: cell.end }),
      ...(pane === true
        ? {
            pane_timing: early ? 'EARLY' : atEnd || cell.onTimeRows ? 'ON_TIME' : 'LATE',
            pane_index: cell.firings,
            pane_first: cell.firings === 0,
            pane_last: cell.end - 1 + this.#lateness <= this.#watermark,
          }
        : {}),
      n: cell.all.length,
      s: cell.all.length === 0 ? null : cell.all.reduce((a, b) => a + b, 0),
      d: new Set(cell.all).size,
    };
    if (accumulation === 'retracting') this.#replace(cell, row);
    else this.out.push(text('+I', row));
    cell.firings++;
    cell.fresh = 0;
    cell.clock = null;
    cell.onTimeRows = false;
    if (accumulation === 'discarding') cell.all = [];
  }

  #replace(cell: Cell, row: Readonly<Record<string, Value>>): void {
    const isSame = (old: Readonly<Record<string, Value>>): boolean =>
      old['window_start'] === row['window_start'] && old['window_end'] === row['window_end'];
    const [only] = cell.sent;
    if (cell.fresh === 0 && this.#config.pane !== true && cell.sent.length === 1 && only && isSame(only))
      return;
    for (const old of cell.sent) this.out.push(text(isSame(old) ? '-U' : '-D', old));
    this.out.push(text(cell.sent.some(isSame) ? '+U' : '+I', row));
    cell.sent = [row];
  }
}

const nextMultiple = (time: number, every: number): number => {
  let next = time + 1;
  while (((next % every) + every) % every !== 0) next++;
  return next;
};

const text = (change: string, row: Readonly<Record<string, Value>>): string =>
  `${change} ${JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))}`;

const duration = (least: number, most: number): fc.Arbitrary<string> =>
  fc.integer({ min: least, max: most }).map((n) => `${n} ms`);
const optional = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined });

const windows = fc.oneof(
  fc.record({
    kind: fc.constant('hopping'),
    size: duration(6, 12),
    slide: duration(1, 6),
    offset: duration(0, 9),
  }),
  duration(4, 12).map((size) => ({ kind: 'hopping', size, slide: size })),
  fc
    .record({
      step: fc.integer({ min: 1, max: 5 }),
      steps: fc.integer({ min: 1, max: 4 }),
      offset: duration(0, 9),
    })
    .map(({ step, steps, offset }) => ({
      kind: 'cumulating',
      size: `${step * steps} ms`,
      step: `${step} ms`,
      offset,
    })),
  fc.record({ kind: fc.constant('session'), gap: duration(1, 8) }),
  fc.constant({ kind: 'global' }),
);
const byRowsOrClock = [
  fc.record({ kind: fc.constant('rows'), every: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant('delay'), after: duration(1, 6) }),
  fc.record({ kind: fc.constant('clock'), every: duration(1, 6) }),
];
const configs = fc
  .record({
    window: windows,
    lateness: optional(duration(1, 20)),
    plain: fc.boolean(),
    early: optional(
      fc.oneof(...byRowsOrClock, fc.record({ kind: fc.constant('event-time'), every: duration(1, 5) })),
    ),
    late: optional(fc.oneof(...byRowsOrClock)),
    onTime: optional(fc.constantFrom('always', 'changed', 'never')),
    closing: fc.constantFrom(undefined, true, true, false),
    accumulation: fc.constantFrom('accumulating', 'discarding', 'retracting'),
    pane: fc.boolean(),
  })
  .map(({ window, lateness, plain, early, late, onTime, closing, accumulation, pane }) => {
    const takesLate = lateness !== undefined && window.kind !== 'global';
    const never = onTime === 'never' && early === undefined && closing === false;
    return {
      window,
      keys: ['k'],
      aggregates: [
        { function: 'count', as: 'n' },
        { function: 'sum', of: 'v', as: 's' },
        { function: 'count', of: 'v', distinct: true, as: 'd' },
      ],
      ...(takesLate ? { lateness } : {}),
      pane,
      ...(plain
        ? {}
        : {
            accumulation,
            trigger: {
              early,
              late: takesLate ? late : undefined,
              onTime: never ? undefined : onTime,
              closing,
            },
          }),
    };
  });

const acts = fc.array(
  fc.oneof(
    {
      weight: 10,
      arbitrary: fc.record({
        time: fc.integer({ min: -15, max: 60 }),
        k: fc.constantFrom('a', 'b', null),
        v: fc.integer({ min: 0, max: 3 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ on: fc.integer({ min: 0, max: 9 }) }) },
    { weight: 2, arbitrary: fc.record({ clock: fc.integer({ min: 0, max: 3 }) }) },
  ),
  { maxLength: 60, size: 'max' },
);

/** Times begin late in the stream's life as it goes on: around the watermark, where everything happens. */
function stepsOf(
  list: readonly ({ time: number; k: string | null; v: number } | { on: number } | { clock: number })[],
): {
  steps: DriveStep[];
  run(model: Model): void;
} {
  const steps: DriveStep[] = [];
  const calls: ((model: Model) => void)[] = [];
  let watermark = 0;
  let now = 0;
  for (const act of list) {
    if ('on' in act) {
      watermark += act.on;
      const at = watermark;
      steps.push({ watermark: at });
      calls.push((model) => model.watermark(at));
    } else if ('clock' in act) {
      now += act.clock;
      const at = now;
      steps.push({ clock: at });
      calls.push((model) => model.clock(at));
    } else {
      const row = { ...act, time: watermark + (act.time % 25) };
      steps.push({ time: row.time, row: { k: row.k, v: row.v } });
      calls.push((model) => model.row(row));
    }
  }
  steps.push({ end: true });
  calls.push((model) => model.watermark(Infinity));
  return {
    steps,
    run: (model) => {
      for (const call of calls) call(model);
    },
  };
}

test('sliding windows: one for each set of records that lie within the size', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), acts, fc.constantFrom(...waysToRun()), (size, list, way) => {
      const { steps } = stepsOf(list);
      const rows: Row[] = [];
      const out: string[] = [];
      let late = 0;
      let watermark = -1000;
      const fire = (until: number): void => {
        for (; watermark < until; watermark++) {
          const last = watermark + 1;
          for (const k of ['a', 'b', null]) {
            const own = rows.filter((r) => r.k === k);
            if (!own.some((r) => r.time === last || r.time === last - size - 1)) continue;
            const within = own.filter((r) => r.time <= last && r.time >= last - size);
            const row = { k, window_start: last - size, window_end: last + 1, n: within.length };
            if (within.length > 0) out.push(text('+I', row));
          }
        }
      };
      for (const step of steps) {
        if ('watermark' in step) fire(step.watermark);
        else if ('end' in step) fire(1000);
        else if ('row' in step) {
          if (step.time + size <= watermark) late++;
          else rows.push({ time: step.time, k: step.row['k'] as string | null, v: 0 });
        }
      }
      const config = {
        window: { kind: 'sliding', size: `${size} ms` },
        keys: ['k'],
        aggregates: [{ function: 'count', as: 'n' }],
      };
      const driven = drive({ ...OPERATOR, config }, steps, way).rows;
      const seen = driven.filter((r) => r.port === 'out').map((r) => text(r.change, r.row));
      assert.deepEqual(seen.sort(), out.sort(), way.name);
      assert.equal(driven.length - seen.length, late);
    }),
    { numRuns: 200 },
  );
});

test('rows, watermarks and the clock give what the rules say, for every kind, trigger and accumulation', () => {
  fc.assert(
    fc.property(configs, acts, fc.constantFrom(...waysToRun()), (config, list, way) => {
      const { steps, run } = stepsOf(list);
      const model = new Model(windowSpec.config.parse(config));
      run(model);
      const { rows } = drive({ ...OPERATOR, config }, steps, way);
      const seen = rows.filter((r) => r.port === 'out').map((r: Driven) => text(r.change, r.row));
      assert.deepEqual(seen.sort(), model.out.sort(), way.name);
      assert.equal(rows.length - seen.length, model.late, `late, ${way.name}`);
    }),
    { numRuns: 1000 },
  );
});
