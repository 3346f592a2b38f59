/** The settings of a pattern, checked against its input: what the operator runs. Pure. */
import { nearest, problem, showValue, type TextSpan } from '../../contract/problems.ts';
import { durationMs } from '../../contract/settings.ts';
import type { SchemaContext } from '../../contract/spec.ts';
import { type EdgeSchema, type Field, field, sameType } from '../../contract/types.ts';
import type { Checked } from '../../expressions/api.ts';
import { checkFieldName } from '../../plan/check-setting.ts';
import { type Analysed, analyse, type PlannedColumn, type Scope } from './language/analyse.ts';
import {
  alwaysMatched,
  compilePattern,
  emptyLoop,
  firstVariables,
  greedyEnd,
  isNullable,
  type Program,
  rowsAtMost,
  variablesOf,
} from './language/program.ts';
import { type AggregateReference, ALL_ROWS, type Reference } from './language/references.ts';
import { PatternFault, type PatternNode, parsePattern } from './language/syntax.ts';
import type { PatternConfig } from './spec.ts';

export type Condition =
  /** No DEFINE: every row. */
  | { readonly kind: 'always' }
  | { readonly kind: 'column'; readonly column: number }
  | { readonly kind: 'expression'; readonly expression: Checked; readonly cells: readonly Reference[] };

export interface PlannedMeasure {
  readonly field: Field;
  readonly expression: Checked;
  readonly cells: readonly Reference[];
}

export interface PatternPlan {
  readonly variables: readonly string[];
  /** By variable, the index of its DEFINE among the settings; −1 where it has none. */
  readonly defines: readonly number[];
  readonly program: Program;
  /** What is kept of every row. */
  readonly columns: readonly PlannedColumn[];
  /** By variable. */
  readonly conditions: readonly Condition[];
  /** Whether a condition looks at earlier rows: if none does, all ways to one place in the pattern are alike. */
  readonly looksBack: boolean;
  /** By variable, how many of its first rows conditions ask for. */
  readonly firsts: readonly number[];
  /** Aggregates of conditions. */
  readonly running: readonly AggregateReference[];
  readonly measures: readonly PlannedMeasure[];
  readonly after:
    | { readonly kind: 'past-last-row' | 'to-next-row' }
    | { readonly kind: 'to-first' | 'to-last'; readonly variable: number };
  /** The longest time from a match's first row to its last; Infinity where there is no limit. */
  readonly withinMs: number;
  readonly keys: readonly Field[];
}

interface Context {
  readonly config: PatternConfig;
  readonly input: EdgeSchema;
  readonly report: SchemaContext<unknown>['report'];
}

type Path = readonly (string | number)[];

/** Null where something was reported that leaves no plan. */
export function planPattern(context: Context): PatternPlan | null {
  const { config, input } = context;
  let failed = false;
  const report: Context['report'] = (found) => {
    failed = true;
    context.report(found);
  };
  const keys = config.keys.flatMap((name, i): Field[] => {
    const index = checkFieldName({ report }, ['keys', i], name, input.fields);
    return index === null ? [] : [input.fields[index] as Field];
  });
  const parsed = readPattern(config.pattern, report);
  if (parsed === null) return null;
  const { pattern, program, variables } = parsed;

  const columns: PlannedColumn[] = [];
  const running: AggregateReference[] = [];
  const always = alwaysMatched(pattern);
  const scopeOf = (defined: number): Scope => ({
    input: input.fields,
    variables,
    defined,
    always: (variable) => always.has(variables[variable] ?? ''),
    column: (column) => indexOf(columns, column, sameColumn),
    running: (aggregate) => {
      const { length } = running;
      return indexOf(running, { ...aggregate, running: length } as AggregateReference, sameAggregate);
    },
  });

  const defines = planDefines(config, variables, report);
  const conditions = variables.map((_, variable): Condition => {
    const at = defines[variable] as number;
    const text = config.define[at]?.when;
    if (text === undefined) return { kind: 'always' };
    return (
      orReport(analyse(text, scopeOf(variable), 'BOOLEAN'), ['define', at, 'when'], report) ?? {
        kind: 'always',
      }
    );
  });
  const measures = config.measures.flatMap(({ of, as }, i): PlannedMeasure[] => {
    const found = orReport(analyse(of, scopeOf(ALL_ROWS), null), ['measures', i, 'of'], report);
    if (found === null || found.kind !== 'expression') return [];
    return [{ ...found, field: field(as, found.expression.type, found.expression.nullable) }];
  });
  reportTwice(config, keys, report);
  const after = planAfter(config.after, pattern, variables, report);
  if (failed || after === null) return null;
  return {
    variables,
    defines,
    program,
    columns,
    conditions,
    looksBack: conditions.some((c) => c.kind === 'expression'),
    firsts: variables.map((_, variable) => firstRowsOf(variable, conditions)),
    running,
    measures,
    after,
    withinMs: config.within === undefined ? Infinity : durationMs(config.within),
    keys,
  };
}

function readPattern(
  text: string,
  report: Context['report'],
): { pattern: PatternNode; program: Program; variables: readonly string[] } | null {
  const path = ['pattern'];
  const parsed = parsePattern(text);
  if (!parsed.ok) {
    report({ ...parsed.problem, path });
    return null;
  }
  const { pattern } = parsed;
  const refuse = (span: TextSpan, message: string, expected: string, next: string): null => {
    const value = showValue(text.slice(span.from, span.to));
    report(problem('S-VALUE', { path, span, message, value, expected, next }));
    return null;
  };
  if (isNullable(pattern))
    return refuse(
      pattern.span,
      'The pattern can match no row at all, so it would match everywhere.',
      'at least one variable without * or ?',
      'Use + in place of *, or add a variable.',
    );
  const loop = emptyLoop(pattern);
  if (loop !== null)
    return refuse(
      loop,
      'A group that can be empty is repeated without end.',
      'a group with at least one row',
      'Use + in place of * inside of it.',
    );
  const greedy = greedyEnd(pattern);
  if (greedy !== null)
    return refuse(
      greedy,
      'A greedy quantifier cannot be the last: it is over only when a row comes that it does not take.',
      'a pattern that ends in a variable, or in a reluctant quantifier',
      `Add a variable for the row that ends it (defined as NOT …), or write ${text.slice(greedy.from, greedy.to)}? to take as few rows as possible.`,
    );
  const variables = variablesOf(pattern);
  try {
    return { pattern, variables, program: compilePattern(pattern, variables) };
  } catch (error) {
    if (!(error instanceof PatternFault)) throw error;
    report({ ...error.problem, path });
    return null;
  }
}

/** By variable, the index of its DEFINE. */
function planDefines(
  config: PatternConfig,
  variables: readonly string[],
  report: Context['report'],
): readonly number[] {
  config.define.forEach(({ variable }, i) => {
    const path = ['define', i, 'variable'];
    if (!variables.includes(variable)) report(unknownVariable(path, variable, variables));
    else if (config.define.findIndex((d) => d.variable === variable) !== i)
      report(
        problem('S-VALUE', {
          path,
          message: `${variable} is defined twice.`,
          value: showValue(variable),
          expected: 'one condition a variable',
          next: 'Join the conditions with AND or OR.',
        }),
      );
  });
  return variables.map((name) => config.define.findIndex((d) => d.variable === name));
}

function planAfter(
  after: PatternConfig['after'],
  pattern: PatternNode,
  variables: readonly string[],
  report: Context['report'],
): PatternPlan['after'] | null {
  if (after.kind === 'past-last-row' || after.kind === 'to-next-row') return { kind: after.kind };
  const path = ['after', 'variable'];
  const { kind, variable: name } = after;
  if (!variables.includes(name)) {
    report(unknownVariable(path, name, variables));
    return null;
  }
  const firsts = firstVariables(pattern);
  const isFirst =
    firsts.size === 1 && firsts.has(name) && (kind === 'to-first' || rowsAtMost(pattern, name) === 1);
  if (!isFirst) return { kind, variable: variables.indexOf(name) };
  report(
    problem('S-VALUE', {
      path,
      message: `The next match would always begin at the first row of the one before, and be found again without end.`,
      value: showValue(name),
      expected: 'a variable behind the first row of a match',
      next: 'Skip to another variable, past the last row, or to the next row.',
    }),
  );
  return null;
}

function unknownVariable(path: Path, name: string, variables: readonly string[]) {
  const near = nearest(name, variables);
  return problem('S-VALUE', {
    path,
    message: `${showValue(name)} is not a variable of the pattern.`,
    value: showValue(name),
    expected: `one of ${variables.join(', ')}${near === null ? '' : ` (nearest: ${near})`}`,
    next: 'Correct the name, or add it to the pattern. Variables are told apart by upper and lower case.',
  });
}

function orReport(
  found: Analysed,
  path: Path,
  report: Context['report'],
): Exclude<Analysed, { kind: 'failed' }> | null {
  if (found.kind !== 'failed') return found;
  for (const one of found.problems) report({ ...one, path: [...path, ...one.path] });
  return null;
}

function firstRowsOf(variable: number, conditions: readonly Condition[]): number {
  const cells = conditions.flatMap((c) => (c.kind === 'expression' ? c.cells : []));
  const offsets = cells.flatMap((cell) =>
    cell.kind === 'row' && cell.from === 'first' && cell.variable === variable ? [cell.offset + 1] : [],
  );
  return Math.max(0, ...offsets);
}

function reportTwice(config: PatternConfig, keys: readonly Field[], report: Context['report']): void {
  const names = [...keys.map((k) => k.name), ...config.measures.map((m) => m.as)];
  config.measures.forEach(({ as }, i) => {
    if (names.filter((name) => name === as).length < 2) return;
    report(
      problem('S-VALUE', {
        path: ['measures', i, 'as'],
        message: `Two fields would be called ${showValue(as)}.`,
        value: showValue(as),
        expected: 'every field name once',
        next: 'Choose another name.',
      }),
    );
  });
}

function indexOf<T>(list: T[], item: T, same: (a: T, b: T) => boolean): number {
  const at = list.findIndex((other) => same(other, item));
  return at >= 0 ? at : list.push(item) - 1;
}

const sameColumn = (a: PlannedColumn, b: PlannedColumn): boolean =>
  a.expression.kind === 'field' || b.expression.kind === 'field'
    ? a.expression.kind === 'field' &&
      b.expression.kind === 'field' &&
      a.expression.index === b.expression.index
    : a.field.name === b.field.name && sameType(a.field.type, b.field.type);

const sameAggregate = (a: AggregateReference, b: AggregateReference): boolean =>
  a.fn === b.fn && a.variable === b.variable && a.column === b.column;
