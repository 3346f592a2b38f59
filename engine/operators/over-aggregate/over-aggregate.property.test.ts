import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { NodeSpec } from '../../contract/spec.ts';
import { appendOnly, DOUBLE, field, INT, STRING } from '../../contract/types.ts';
import type { StatefulRuntime } from '../../runtime/contracts.ts';
import { type DriveStep, drive } from '../../testing/drive.ts';
import { overAggregateRuntime } from './operator.ts';
import { overAggregateSpec } from './spec.ts';

const OPERATOR = {
  spec: overAggregateSpec as unknown as NodeSpec,
  runtime: overAggregateRuntime as StatefulRuntime<Readonly<Record<string, unknown>>>,
};
const IN = { in: appendOnly([field('k', STRING), field('v', INT), field('d', DOUBLE)], true) };

const at = (time: number, k: string | null, v: number | null): DriveStep => ({ time, row: { k, v, d: v } });
const wm = (watermark: number): DriveStep => ({ watermark });
const END: DriveStep = { end: true };

interface Taken {
  readonly k: string | null;
  readonly v: number | null;
  readonly time: number;
}

/** SQL over all rows that are not late, sorted by time and arrival. */
function reference(
  frame: { kind: string; preceding?: number; gap?: number },
  rows: readonly Taken[],
): string[] {
  return rows.map((row, i) => {
    const own = rows.map((r, at) => ({ ...r, at })).filter((r) => r.k === row.k);
    const place = own.findIndex((r) => r.at === i);
    const inFrame = own.filter((r, at) => {
      if (frame.kind === 'rows') return at <= place && place - at <= (frame.preceding ?? Infinity);
      if (frame.kind === 'range')
        return r.time <= row.time && row.time - r.time <= (frame.preceding ?? Infinity);
      const between = own.slice(Math.min(at, place), Math.max(at, place) + 1);
      return between.every((b, n) => n === 0 || b.time - (between[n - 1] as Taken).time < (frame.gap ?? 0));
    });
    const values = inFrame.flatMap((r) => (r.v === null ? [] : [r.v]));
    const sum = values.length === 0 ? null : values.reduce((a, b) => a + b, 0);
    const max = values.length === 0 ? null : Math.max(...values);
    const number = place + 1;
    const rank = own.filter((r) => r.time < row.time).length + 1;
    const lag = own[place - 2]?.v;
    const lead = own[place + 2]?.v;
    return [
      row.time,
      row.k,
      row.v,
      inFrame.length,
      sum,
      max,
      number,
      rank,
      lag === undefined ? -1 : lag,
      lead ?? null,
    ].join(' ');
  });
}

const acts = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        k: fc.constantFrom('a', 'b', null),
        v: fc.option(fc.integer({ min: -5, max: 5 })),
        ahead: fc.integer({ min: -3, max: 12 }),
      }),
    },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 8 }) },
  ),
  { maxLength: 60 },
);
const frames = fc.oneof(
  fc.record(
    { kind: fc.constant('rows'), preceding: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }) },
    { requiredKeys: ['kind'] },
  ),
  fc.record(
    { kind: fc.constant('range'), preceding: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }) },
    { requiredKeys: ['kind'] },
  ),
  fc.record({
    kind: fc.constant('session'),
    gap: fc.integer({ min: 1, max: 6 }),
    closes: fc.constantFrom('watermark', 'next-record'),
  }),
);

test('any rows, frames, watermarks and batch sizes give what SQL says', () => {
  fc.assert(
    fc.property(
      acts,
      frames,
      fc.constantFrom(1, 7, 1024),
      fc.boolean(),
      fc.boolean(),
      (given, frame, batchRows, restored, withLead) => {
        let watermark = 0;
        const onTime: Taken[] = [];
        let late = 0;
        const steps = given.map((act): DriveStep => {
          if (typeof act === 'number') {
            watermark += act;
            return wm(watermark);
          }
          const time = watermark + act.ahead;
          if (
            time > watermark ||
            (watermark === 0 && !given.slice(0, given.indexOf(act)).some((a) => typeof a === 'number'))
          )
            onTime.push({ k: act.k, v: act.v, time });
          else late++;
          return at(time, act.k, act.v);
        });
        const ms = (n: number | undefined): object =>
          n === undefined ? {} : frame.kind === 'rows' ? { preceding: n } : { preceding: `${n} ms` };
        const own = frame as { kind: string; preceding?: number; gap?: number; closes?: string };
        const config = {
          keys: ['k'],
          frame:
            own.kind === 'session'
              ? { ...own, gap: `${own.gap} ms` }
              : { kind: own.kind, ...ms(own.preceding) },
          aggregates: [
            { function: 'count', as: 'n' },
            { function: 'sum', of: 'v', as: 's' },
            { function: 'max', of: 'v', as: 'm' },
            { function: 'row-number', as: 'rn' },
            { function: 'rank', as: 'r' },
            { function: 'lag', of: 'v', offset: 2, default: '-1', as: 'lag' },
            ...(withLead ? [{ function: 'lead', of: 'v', offset: 2, as: 'lead' }] : []),
          ],
        };
        const { rows, watermarks } = drive({ ...OPERATOR, config, inputs: IN }, [...steps, END], {
          batchRows,
          restored,
        });
        const out = rows.filter((r) => r.port === 'out');
        const cut = (line: string): string => (withLead ? line : line.split(' ').slice(0, -1).join(' '));
        const actual = out.map(({ time, row }) =>
          [
            time,
            row['k'],
            row['v'],
            row['n'],
            row['s'],
            row['m'],
            row['rn'],
            row['r'],
            row['lag'],
            ...(withLead ? [row['lead']] : []),
          ].join(' '),
        );
        const sorted = onTime.map((r, n) => ({ ...r, n })).sort((a, b) => a.time - b.time || a.n - b.n);
        assert.deepEqual(actual.sort(), reference(own, sorted).map(cut).sort());
        assert.equal(rows.length - out.length, late);
        // No row comes behind the watermark that was passed on.
        for (const { time, step } of out) {
          const passed = watermarks.filter((w) => w.step < step).at(-1)?.time ?? -Infinity;
          assert.ok((time ?? 0) > passed, `${time} after the watermark ${passed}`);
        }
      },
    ),
    { numRuns: 300 },
  );
});
