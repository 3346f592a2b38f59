/**
 * Random patterns, conditions, rows, orders, watermarks and skip strategies against a naive reference that works as Flink's NFA is
 * written: a possible match begins at every row, all of them run side by side with their whole rows, and the skip strategy removes
 * those that it forbids.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { WeirError } from '../../contract/problems.ts';
import type { NodeSpec } from '../../contract/spec.ts';
import { field, INT, STRING } from '../../contract/types.ts';
import type { StatefulRuntime } from '../../runtime/contracts.ts';
import { type DriveStep, drive } from '../../testing/drive.ts';
import { verifyOperator } from '../../testing/verify.ts';
import { patternRuntime } from './operator.ts';
import { patternSpec } from './spec.ts';

interface Row {
  readonly time: number;
  readonly key: string;
  readonly id: number;
  readonly x: number | null;
}
interface Mapped {
  readonly row: Row;
  readonly variable: string;
}
type Truth = boolean | null;

/** A condition as text, `V` for its own variable and `U` for another, and as a function of the rows, the tried one last. */
interface Rule {
  readonly text: string;
  holds(path: readonly Mapped[], own: string, other: string): Truth;
}

const of = (path: readonly Mapped[], variable: string): (number | null)[] =>
  path.filter((m) => m.variable === variable).map((m) => m.row.x);
const xs = (path: readonly Mapped[]): (number | null)[] => path.map((m) => m.row.x);
const last = (values: readonly (number | null)[], n = 0): number | null =>
  values[values.length - 1 - n] ?? null;
const sum = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((v) => v !== null);
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0);
};
const test2 = (a: number | null, b: number | null, holds: (a: number, b: number) => boolean): Truth =>
  a === null || b === null ? null : holds(a, b);
const or = (a: Truth, b: Truth): Truth =>
  a === true || b === true ? true : a === null || b === null ? null : false;

const RULES: readonly Rule[] = [
  { text: 'TRUE', holds: () => true },
  { text: 'V.x > 2', holds: (p) => test2(last(xs(p)), 2, (a, b) => a > b) },
  {
    text: 'x <= 3 OR V.x IS NULL',
    holds: (p) =>
      or(
        test2(last(xs(p)), 3, (a, b) => a <= b),
        last(xs(p)) === null,
      ),
  },
  {
    text: 'LAST(V.x, 1) IS NULL OR V.x > LAST(V.x, 1)',
    holds: (p, own) =>
      or(
        last(of(p, own), 1) === null,
        test2(last(of(p, own)), last(of(p, own), 1), (a, b) => a > b),
      ),
  },
  {
    text: 'V.x > U.x',
    holds: (p, own, other) => test2(last(of(p, own)), last(of(p, other)), (a, b) => a > b),
  },
  { text: 'x <> LAST(x, 1)', holds: (p) => test2(last(xs(p)), last(xs(p), 1), (a, b) => a !== b) },
  { text: 'x >= FIRST(x)', holds: (p) => test2(last(xs(p)), xs(p)[0] ?? null, (a, b) => a >= b) },
  {
    text: 'V.x >= FIRST(V.x, 1)',
    holds: (p, own) => test2(last(of(p, own)), of(p, own)[1] ?? null, (a, b) => a >= b),
  },
  {
    text: 'x <= FIRST(U.x)',
    holds: (p, _, other) => test2(last(xs(p)), of(p, other)[0] ?? null, (a, b) => a <= b),
  },
  { text: 'SUM(V.x) < 8', holds: (p, own) => test2(sum(of(p, own)), 8, (a, b) => a < b) },
  { text: 'COUNT(*) < 4', holds: (p) => p.length < 4 },
  { text: 'COUNT(U.x) > 1', holds: (p, _, other) => of(p, other).filter((v) => v !== null).length > 1 },
  {
    text: 'SUM(x) > SUM(U.x)',
    holds: (p, _, other) => test2(sum(xs(p)), sum(of(p, other)), (a, b) => a > b),
  },
];

/** Those of the row alone, which the operator computes beforehand and takes short cuts with. */
const LOCAL = RULES.slice(0, 3);

interface Part {
  readonly variable: string;
  readonly quantifier: string;
  readonly min: number;
  readonly max: number;
  readonly greedy: boolean;
}
const QUANTIFIERS: readonly Omit<Part, 'variable'>[] = [
  { quantifier: '', min: 1, max: 1, greedy: true },
  { quantifier: '', min: 1, max: 1, greedy: true },
  { quantifier: '*', min: 0, max: Infinity, greedy: true },
  { quantifier: '+', min: 1, max: Infinity, greedy: true },
  { quantifier: '?', min: 0, max: 1, greedy: true },
  { quantifier: '*?', min: 0, max: Infinity, greedy: false },
  { quantifier: '+?', min: 1, max: Infinity, greedy: false },
  { quantifier: '{2}', min: 2, max: 2, greedy: true },
  { quantifier: '{1,3}', min: 1, max: 3, greedy: true },
  { quantifier: '{,2}', min: 0, max: 2, greedy: true },
  { quantifier: '{2,}?', min: 2, max: Infinity, greedy: false },
];

interface Setup {
  readonly parts: readonly Part[];
  readonly rules: Readonly<Record<string, { readonly rule: Rule; readonly other: string }>>;
  readonly after: { readonly kind: string; readonly variable?: string };
  readonly within: number;
}
interface Partial {
  readonly path: readonly Mapped[];
  /** Index of the part, and how many rows it has. */
  readonly part: number;
  readonly count: number;
}

class Reference {
  readonly #setup: Setup;
  #partials: Partial[] = [];
  #completed: (readonly Mapped[])[] = [];
  readonly matches: { path: readonly Mapped[]; time: number }[] = [];

  constructor(setup: Setup) {
    this.#setup = setup;
  }

  row(row: Row): void {
    this.expire(row.time - 1);
    const moved = [...this.#partials, { path: [], part: 0, count: 0 }].flatMap((p) =>
      this.#take(p, p.part, p.count, row),
    );
    this.#partials = moved.filter((p) => !this.#isOver(p.part, p.count));
    this.#completed.push(...moved.filter((p) => this.#isOver(p.part, p.count)).map((p) => p.path));
    this.#settle(row.time);
  }

  /** No row up to `time` will come any more; what that ends is decided at the time at which it ended. */
  expire(time: number): void {
    const limits = this.#partials.map((p) => (p.path[0] as Mapped).row.time + this.#setup.within);
    for (const limit of [...new Set(limits)].sort((a, b) => a - b)) {
      if (limit > time) return;
      this.#partials = this.#partials.filter(
        (p) => (p.path[0] as Mapped).row.time + this.#setup.within > limit,
      );
      this.#settle(limit);
    }
  }

  /** Where the row can go from a part that has `count` rows: the preferred first. */
  #take({ path }: Partial, at: number, count: number, row: Row): Partial[] {
    const part = this.#setup.parts[at];
    if (part === undefined) return [];
    const mapped = [...path, { row, variable: part.variable }];
    const { rule, other } = this.#setup.rules[part.variable] as Setup['rules'][string];
    const fits = count < part.max && rule.holds(mapped, part.variable, other) === true;
    const taken = fits ? [{ path: mapped, part: at, count: count + 1 }] : [];
    const isLoop = part.greedy && part.max > 1 && part.min !== part.max;
    const passed =
      count >= part.min && !(isLoop && fits) ? this.#take({ path, part: at, count }, at + 1, 0, row) : [];
    return part.greedy ? [...taken, ...passed] : [...passed, ...taken];
  }

  #isOver(at: number, count: number): boolean {
    const [part, ...rest] = this.#setup.parts.slice(at);
    return part === undefined || (count >= part.min && rest.every((p) => p.min === 0));
  }

  #settle(time: number): void {
    const start = (path: readonly Mapped[]): number => path[0]?.row.id ?? 0;
    for (;;) {
      this.#completed = this.#completed.toSorted((a, b) => start(a) - start(b));
      const [match] = this.#completed;
      if (match === undefined || this.#partials.some((p) => start(p.path) < start(match))) return;
      this.matches.push({ path: match, time });
      const until = this.#skipTo(match);
      this.#partials = this.#partials.filter((p) => start(p.path) >= until);
      this.#completed = this.#completed.filter((path) => start(path) >= until);
    }
  }

  /** The first row (by id, which follows the order) at which a match may begin now. */
  #skipTo(match: readonly Mapped[]): number {
    const { kind, variable } = this.#setup.after;
    const first = (match[0] as Mapped).row.id;
    if (kind === 'past-last-row') return (match[match.length - 1] as Mapped).row.id + 1;
    if (kind === 'to-next-row') return first + 1;
    const rows = match.filter((m) => m.variable === variable);
    const to = (kind === 'to-first' ? rows[0] : rows[rows.length - 1])?.row.id;
    if (to === undefined || to === first) throw new CannotSkip();
    return to;
  }
}
class CannotSkip extends Error {}

/** What the reference gives for rows in the order of time, one key after the other. */
function expectedOf(
  setup: Setup,
  rows: readonly Row[],
): { key: string; path: readonly Mapped[]; time: number }[] {
  return [...new Set(rows.map((r) => r.key))].flatMap((key) => {
    const reference = new Reference(setup);
    for (const row of rows) if (row.key === key) reference.row(row);
    reference.expire(Number.MAX_SAFE_INTEGER);
    return reference.matches.map((m) => ({ key, ...m }));
  });
}

const VARIABLES = ['A', 'B', 'C', 'D'];

const rulesOf = (rules: readonly Rule[]) =>
  fc.array(fc.tuple(fc.constantFrom(...rules), fc.nat(3)), { minLength: 4, maxLength: 4 });

const setups = fc
  .record({
    quantifiers: fc.array(fc.constantFrom(...QUANTIFIERS), { minLength: 1, maxLength: 4 }),
    rules: fc.oneof(rulesOf(RULES), rulesOf(LOCAL)),
    kind: fc.constantFrom('past-last-row', 'past-last-row', 'to-next-row', 'to-first', 'to-last'),
    target: fc.nat(3),
    within: fc.constantFrom(Infinity, 3, 6),
  })
  .map(({ quantifiers, rules, kind, target, within }): Setup => {
    const parts = quantifiers.map((q, i) => ({ ...q, variable: VARIABLES[i] as string }));
    const names = parts.map((p) => p.variable);
    const pick = (n: number): string => names[n % names.length] as string;
    return {
      parts,
      rules: Object.fromEntries(
        names.map((name, i) => [name, { rule: rules[i]?.[0] as Rule, other: pick(rules[i]?.[1] ?? 0) }]),
      ),
      after: kind.startsWith('to-') && kind !== 'to-next-row' ? { kind, variable: pick(target) } : { kind },
      within,
    };
  });

const configOf = ({ parts, rules, after, within }: Setup): Record<string, unknown> => ({
  keys: ['key'],
  pattern: parts.map((p) => p.variable + p.quantifier).join(' '),
  define: Object.entries(rules).map(([variable, { rule, other }]) => ({
    variable,
    when: rule.text.replaceAll('V.', `${variable}.`).replaceAll('U.', `${other}.`),
  })),
  after,
  ...(within === Infinity ? {} : { within: `${within} ms` }),
  measures: [
    { of: 'FIRST(id)', as: 'first' },
    { of: 'LAST(id)', as: 'last' },
    ...parts.flatMap(({ variable }) => [
      { of: `COUNT(${variable}.id)`, as: `n_${variable}` },
      { of: `SUM(${variable}.x)`, as: `sum_${variable}` },
    ]),
  ],
});

/** Rows in the order in which they come, a bounded time out of order, with watermarks that make none of them late. */
const streams = fc
  .array(
    fc.record({
      ahead: fc.nat(3),
      step: fc.nat(2),
      key: fc.constantFrom('k', 'k', 'l'),
      x: fc.option(fc.nat(6), { freq: 6 }),
      mark: fc.boolean(),
    }),
    { maxLength: 24 },
  )
  .map((list) => {
    let now = 0;
    return list.map(({ ahead, step, ...rest }) => {
      now += step;
      return { ...rest, time: now + ahead, watermark: now - 1 };
    });
  });

const checks = (setup: Setup): boolean => {
  let ok = true;
  patternSpec.schemas({
    config: patternSpec.config.parse(configOf(setup)),
    inputs: { in: [{ fields: FIELDS, eventTime: true, changelog: 'append' }] },
    report: () => {
      ok = false;
    },
  });
  return ok;
};
const FIELDS = [field('key', STRING, false), field('id', INT, false), field('x', INT)];

/** More of them: WEIR_RUNS=10000. */
const RUNS = Number(process.env['WEIR_RUNS'] ?? 150);

test('random patterns give what the naive automaton gives', () => {
  let matched = 0;
  fc.assert(
    fc.property(setups.filter(checks), streams, (setup, stream) => {
      // Ids in the order of matching: by time, and by arrival within one.
      const order = stream
        .map((_, i) => i)
        .sort((a, b) => (stream[a]?.time ?? 0) - (stream[b]?.time ?? 0) || a - b);
      const rows = stream.map(({ time, key, x }, i): Row => ({ time, key, x, id: order.indexOf(i) }));
      const steps = stream.flatMap(({ mark, watermark }, i): DriveStep[] => {
        const { time, key, id, x } = rows[i] as Row;
        const step: DriveStep = { time, row: { key, id, x } };
        return mark ? [{ watermark }, step] : [step];
      });
      const operatorCase = {
        spec: patternSpec as NodeSpec,
        runtime: patternRuntime as StatefulRuntime<Readonly<Record<string, unknown>>>,
        config: configOf(setup),
        inputs: FIELDS,
        steps: [...steps, { end: true } as const],
      };
      let expected: ReturnType<typeof expectedOf>;
      try {
        expected = expectedOf(
          setup,
          order.map((i) => rows[i] as Row),
        );
      } catch (error) {
        if (!(error instanceof CannotSkip)) throw error;
        assert.throws(
          () => drive(operatorCase, operatorCase.steps),
          (thrown) => thrown instanceof WeirError && thrown.problem.code === 'R-NODE',
        );
        return;
      }
      matched += expected.length;
      verifyOperator({
        ...operatorCase,
        expected: expected.map(({ key, path, time }) => ({
          time,
          row: {
            key,
            first: path[0]?.row.id ?? null,
            last: path[path.length - 1]?.row.id ?? null,
            ...Object.fromEntries(
              setup.parts.flatMap(({ variable }) => [
                [`n_${variable}`, path.filter((m) => m.variable === variable).length],
                [`sum_${variable}`, sum(of(path, variable))],
              ]),
            ),
          },
        })),
      });
    }),
    { numRuns: RUNS },
  );
  assert.ok(matched > RUNS / 10, `only ${matched} matches: the property says little`);
});
