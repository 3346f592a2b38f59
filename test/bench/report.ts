/** From single results to ratios, bars and a table. Pure. */
import type { CaseResult } from './child.ts';
import type { From } from './entrant.ts';
import { ENTRANTS, type EntrantName } from './entrants.ts';
import { QUERIES } from './queries.ts';

export interface CaseRun extends CaseResult {
  readonly round: number;
  readonly query: string;
  readonly entrant: EntrantName;
}

export interface Line {
  readonly query: string;
  readonly entrant: EntrantName;
  readonly label: string;
  readonly cpuNs: number;
  readonly wallNs: number;
  /** Weir's CPU time to this entrant's, median of the rounds' own ratios; null for Weir itself. */
  readonly weirRatio: number | null;
  readonly batchMsP999: number;
  readonly gcMsMax: number;
  readonly peakBytes: number;
}

export interface Bar {
  readonly query: string;
  readonly text: string;
  readonly measured: number;
  readonly limit: number;
  readonly atLeast: boolean;
  readonly passed: boolean;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

/** What disagrees; empty where all gave the same. Sums of fractions may differ in their last digits. */
export function disagreements(runs: readonly CaseRun[]): string[] {
  return QUERIES.flatMap((query) => {
    const own = runs.filter((r) => r.query === query);
    const first = own[0]?.outcome;
    if (first === undefined) return [];
    return own.flatMap(({ outcome, entrant, round }) => {
      const same =
        outcome.rows === first.rows && Math.abs(outcome.sum - first.sum) <= 1e-9 * Math.abs(first.sum);
      return same
        ? []
        : [
            `${query}, round ${round}: ${entrant} gave ${outcome.rows} rows, sum ${outcome.sum}; ${own[0]?.entrant} gave ${first.rows}, ${first.sum}`,
          ];
    });
  });
}

export function lines(runs: readonly CaseRun[]): Line[] {
  return QUERIES.flatMap((query) =>
    ENTRANTS.flatMap((entrant): Line[] => {
      const own = runs.filter((r) => r.query === query && r.entrant === entrant);
      const [first] = own;
      if (first === undefined) return [];
      const ratios = paired(runs, query, entrant).map(([weir, other]) => weir / other);
      return [
        {
          query,
          entrant,
          label: first.label,
          cpuNs: median(own.map((r) => r.cpuNs)),
          wallNs: median(own.map((r) => r.wallNs)),
          weirRatio: entrant === 'engine' || ratios.length === 0 ? null : median(ratios),
          batchMsP999: median(own.map((r) => r.batchMsP999)),
          gcMsMax: Math.max(...own.map((r) => r.gcMsMax)),
          peakBytes: Math.max(...own.map((r) => r.peakBytes)),
        },
      ];
    }),
  );
}

/** By round: CPU ns an event of Weir and of the other. */
function paired(runs: readonly CaseRun[], query: string, other: EntrantName): [number, number][] {
  return runs.flatMap((run): [number, number][] => {
    if (run.query !== query || run.entrant !== 'engine') return [];
    const match = runs.find((r) => r.query === query && r.entrant === other && r.round === run.round);
    return match === undefined ? [] : [[run.cpuNs, match.cpuNs]];
  });
}

const NEAR_THE_LOOP = ['q0', 'q1', 'q2'];
const HEADLINES = ['q4', 'q5', 'q7', 'q7max', 'q8'];

/** The bars of issue 6, checked on paired CPU times. */
export function bars(runs: readonly CaseRun[], from: From): Bar[] {
  return QUERIES.flatMap((query): Bar[] => {
    const found: Bar[] = [];
    const add = (text: string, ratios: readonly number[], limit: number, atLeast: boolean): void => {
      if (ratios.length === 0) return;
      const measured = median(ratios);
      const passed = atLeast ? measured >= limit : measured <= limit;
      found.push({ query, text, measured, limit, atLeast, passed });
    };
    const speeds = (other: EntrantName): number[] =>
      paired(runs, query, other).map(([weir, its]) => its / weir);
    if (NEAR_THE_LOOP.includes(query)) {
      const beyond = paired(runs, query, 'hand').map(([weir, loop]) => weir - loop);
      add('ns an event above the hand-written loop', beyond, 3, false);
    } else add('speed to the hand-written loop', speeds('hand'), HEADLINES.includes(query) ? 0.7 : 0.5, true);
    add('speed to RxJS', speeds('rxjs'), from === 'ndjson' ? 3 : 1, true);
    add('speed to @most/core', speeds('most'), 1, true);
    return found;
  });
}

const number = (value: number, digits: number): string =>
  Number.isFinite(value) ? value.toFixed(digits) : '-';

export function table(all: readonly Line[]): string {
  const head = [
    'query',
    'entrant',
    'CPU ns/event',
    'wall ns/event',
    'Weir to it',
    'p99.9 batch ms',
    'longest GC ms',
    'peak MB',
  ];
  const rows = all.map((l) => [
    l.query,
    l.label,
    number(l.cpuNs, 2),
    number(l.wallNs, 2),
    l.weirRatio === null ? '' : `${number(l.weirRatio, 2)}×`,
    number(l.batchMsP999, 3),
    number(l.gcMsMax, 2),
    number(l.peakBytes / 1e6, 0),
  ]);
  const widths = head.map((h, c) => Math.max(h.length, ...rows.map((r) => r[c]?.length ?? 0)));
  const print = (cells: readonly string[]): string =>
    cells
      .map((cell, c) => (c < 2 ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0)))
      .join('  ')
      .trimEnd();
  return [print(head), ...rows.map(print)].join('\n');
}

export function printBars(all: readonly Bar[]): string {
  return all
    .map((b) => {
      const by = b.atLeast
        ? `${number(b.limit / b.measured, 2)}× short`
        : `${number(b.measured - b.limit, 2)} over`;
      const limit = `${b.atLeast ? 'at least' : 'at most'} ${b.limit}`;
      return `${b.passed ? 'met   ' : 'MISSED'}  ${b.query.padEnd(5)}  ${b.text}: ${number(b.measured, 2)} (${limit}${b.passed ? '' : `, ${by}`})`;
    })
    .join('\n');
}
