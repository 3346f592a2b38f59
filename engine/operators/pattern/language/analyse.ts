/** A condition or measure → a checked expression over cells, each a reference to rows of the match. */
import { resultType } from '../../../aggregates/plan.ts';
import type { AggregateFunction } from '../../../aggregates/spec.ts';
import { nearest, type Problem, problem, showValue, type TextSpan } from '../../../contract/problems.ts';
import {
  BIGINT,
  type DataType,
  type Field,
  field,
  printType,
  STRING,
  TIMESTAMP,
} from '../../../contract/types.ts';
import type { Checked } from '../../../expressions/api.ts';
import { checkExpression } from '../../../expressions/index.ts';
import { parseExpression, type Syntax } from '../../../expressions/syntax.ts';
import { type Masked, maskQualified, type Qualified, Rewritten } from './qualified.ts';
import { type AggregateName, ALL_ROWS, type Reference } from './references.ts';

/** A value of every row, computed before the operator: a field, or an expression over fields. */
export interface PlannedColumn {
  readonly field: Field;
  readonly expression: Checked;
}

export interface Scope {
  readonly input: readonly Field[];
  readonly variables: readonly string[];
  /** In DEFINE, the variable whose condition this is; ALL_ROWS in a measure. */
  readonly defined: number;
  /** Whether a variable has rows in every match. */
  always(variable: number): boolean;
  /** The index of a column: that of an equal one, or a new one. */
  column(column: PlannedColumn): number;
  /** In DEFINE, keeps an aggregate up to date from now on and returns its index. */
  running(aggregate: Omit<Reference & { kind: 'aggregate' }, 'running'>): number;
}

export type Analysed =
  | { readonly kind: 'failed'; readonly problems: readonly Problem[] }
  /** Only of the row itself: computed like any column. */
  | { readonly kind: 'column'; readonly column: number }
  | { readonly kind: 'expression'; readonly expression: Checked; readonly cells: readonly Reference[] };

const AGGREGATES: readonly string[] = ['COUNT', 'SUM', 'AVG', 'MIN', 'MAX'];
const OFFSETS: readonly string[] = ['FIRST', 'LAST'];
/** Rows that FIRST and LAST may count. */
const OFFSET_MAX = 1000;

/** Ends the analysis at the first fault. */
class Fault extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super('fault');
    this.problems = problems;
  }
}

function fault(
  code: 'T-FIELD' | 'T-TYPE' | 'T-SUPPORT' | 'T-SYNTAX' | 'T-FUNCTION',
  span: TextSpan,
  message: string,
  details: { value: string; expected: string; next?: string },
): Fault {
  return new Fault([
    problem(code, { path: [], span, message, next: 'Correct the marked part.', ...details }),
  ]);
}

export function analyse(text: string, scope: Scope, expects: DataType['kind'] | null): Analysed {
  try {
    return new Analysis(text, scope).run(expects);
  } catch (error) {
    if (error instanceof Fault) return { kind: 'failed', problems: error.problems };
    throw error;
  }
}

class Analysis {
  readonly #text: string;
  readonly #scope: Scope;
  readonly #masked: Masked;
  /** What is replaced by cells, in order. */
  readonly #found: { span: TextSpan; field: Field; reference: Reference }[] = [];

  constructor(text: string, scope: Scope) {
    this.#text = text;
    this.#scope = scope;
    this.#masked = maskQualified(text, (name) =>
      scope.input.some((f) => f.name === name && !scope.variables.includes(name)),
    );
  }

  run(expects: DataType['kind'] | null): Analysed {
    const parsed = parseExpression(this.#masked.text);
    if (!parsed.ok) throw new Fault(parsed.problems.map((found) => this.#unmasked(found)));
    const { defined, input } = this.#scope;
    if (defined !== ALL_ROWS && this.#isLocal(parsed.syntax)) {
      const whole = { from: 0, to: this.#text.length };
      return { kind: 'column', column: this.#column(whole, this.#columnsIn(parsed.syntax), expects, input) };
    }
    this.#visit(parsed.syntax);
    const names = [...new Set(this.#found.map((f) => f.field.name))];
    const fields = names.map((name) => this.#found.find((f) => f.field.name === name)?.field as Field);
    const rewritten = new Rewritten(
      this.#text,
      { from: 0, to: this.#text.length },
      this.#found.map(({ span, field: f }) => ({ span, text: `\`${f.name.replaceAll('`', '``')}\`` })),
    );
    const checked = checkExpression(rewritten.text, fields, { expects });
    if (!checked.ok) throw new Fault(checked.problems.map((found) => backIn(found, rewritten)));
    const cells = names.map((name) => this.#found.find((f) => f.field.name === name)?.reference as Reference);
    return { kind: 'expression', expression: checked.expression, cells };
  }

  /** A condition that looks at the row alone can be computed for a whole batch, before the rows are in order. */
  #isLocal(syntax: Syntax): boolean {
    if (syntax.kind === 'call')
      return !isOfPattern(syntax) && syntax.args.every((argument) => this.#isLocal(argument));
    if (syntax.kind !== 'column') return true;
    const variable = this.#variableOf(syntax);
    return variable === ALL_ROWS || variable === this.#scope.defined;
  }

  #visit(syntax: Syntax): void {
    if (syntax.kind === 'column') {
      this.#add(syntax.span, this.#row(syntax, 'last', 0));
    } else if (syntax.kind === 'call') {
      if (isOfPattern(syntax)) this.#add(syntax.span, this.#call(syntax));
      else for (const argument of syntax.args) this.#visit(argument);
    }
  }

  #add(span: TextSpan, { reference, type, nullable }: Cell): void {
    const name = this.#text.slice(span.from, span.to);
    this.#found.push({ span, field: field(name, type, nullable), reference });
  }

  #call(call: Syntax & { kind: 'call' }): Cell {
    const { fn, args, span } = call;
    const [argument, count] = args;
    if (OFFSETS.includes(fn)) {
      if (argument === undefined || args.length > 2)
        throw fault('T-TYPE', span, `${fn} takes a value, and perhaps a number of rows.`, {
          value: this.#slice(span),
          expected: `${fn}(A.price) or ${fn}(A.price, 1)`,
        });
      return this.#row(argument, fn === 'FIRST' ? 'first' : 'last', this.#offset(fn, count));
    }
    if (AGGREGATES.includes(fn)) return this.#aggregate(call, fn as AggregateName);
    switch (fn) {
      case 'CLASSIFIER':
        return { reference: { kind: 'classifier' }, type: STRING, nullable: false };
      case 'MATCH_ROWTIME':
        return { reference: { kind: 'time' }, type: TIMESTAMP, nullable: false };
      default:
        throw fault('T-SUPPORT', span, NOT_SUPPORTED[fn] ?? `${fn} is not supported.`, {
          value: fn,
          expected: 'FIRST and LAST of a variable',
        });
    }
  }

  #offset(fn: string, count: Syntax | undefined): number {
    if (count === undefined) return 0;
    const offset = count.kind === 'number' && /^\d+$/.test(count.text) ? Number(count.text) : Number.NaN;
    if (offset <= OFFSET_MAX) return offset;
    throw fault('T-TYPE', count.span, `${fn} counts rows by a whole number that is written out.`, {
      value: this.#slice(count.span),
      expected: `0 to ${OFFSET_MAX}`,
    });
  }

  #row(value: Syntax, from: 'first' | 'last', offset: number): Cell {
    const { variable, columns } = this.#ofOneVariable(value);
    const column = this.#column(value.span, columns, null, this.#scope.input);
    const { type, nullable } = this.#columnField;
    const own = this.#scope.defined;
    const isThere =
      offset === 0 &&
      (own === ALL_ROWS
        ? variable === ALL_ROWS || this.#scope.always(variable)
        : variable === ALL_ROWS || variable === own);
    return {
      reference: { kind: 'row', variable, from, offset, column },
      type,
      nullable: nullable || !isThere,
    };
  }

  #aggregate(call: Syntax & { kind: 'call' }, fn: AggregateName): Cell {
    const [argument] = call.args;
    if (call.form === 'distinct')
      throw fault('T-SUPPORT', call.span, 'Flink does not support DISTINCT over the rows of a pattern.', {
        value: this.#slice(call.span),
        expected: `${fn} of all rows`,
      });
    if (call.form === 'star' || argument === undefined || call.args.length > 1) {
      if (fn !== 'COUNT' || call.form !== 'star')
        throw fault('T-TYPE', call.span, `${fn} takes one value.`, {
          value: this.#slice(call.span),
          expected: fn === 'COUNT' ? 'COUNT(A.price) or COUNT(*)' : `${fn}(A.price)`,
        });
      return this.#kept(
        { kind: 'aggregate', fn, variable: ALL_ROWS, column: null, argument: null, type: BIGINT },
        false,
      );
    }
    const { variable, columns } = this.#ofOneVariable(argument);
    const column = this.#column(argument.span, columns, null, this.#scope.input);
    const of = this.#columnField;
    const type = resultType(fn.toLowerCase() as AggregateFunction, of.type);
    if (type === null)
      throw fault('T-TYPE', argument.span, `${fn} does not take ${printType(of.type)}.`, {
        value: this.#slice(argument.span),
        expected: fn === 'SUM' || fn === 'AVG' ? 'a number' : 'a value that can be compared',
        next: 'Choose another field, or CAST it.',
      });
    return this.#kept({ kind: 'aggregate', fn, variable, column, argument: of.type, type }, fn !== 'COUNT');
  }

  #kept(aggregate: Omit<Reference & { kind: 'aggregate' }, 'running'>, nullable: boolean): Cell {
    const running = this.#scope.defined === ALL_ROWS ? -1 : this.#scope.running(aggregate);
    return { reference: { ...aggregate, running }, type: aggregate.type, nullable };
  }

  /** The variable that all columns in a value belong to, and these columns. */
  #ofOneVariable(value: Syntax): { variable: number; columns: readonly (Syntax & { kind: 'column' })[] } {
    const columns = this.#columnsIn(value);
    const [first] = columns;
    const variable = first === undefined ? ALL_ROWS : this.#variableOf(first);
    const other = columns.find((c) => this.#variableOf(c) !== variable);
    if (other !== undefined)
      throw fault('T-TYPE', other.span, 'The value of one row is needed, and this is of another variable.', {
        value: this.#slice(other.span),
        expected:
          variable === ALL_ROWS
            ? 'only fields without a variable'
            : `only fields of ${this.#scope.variables[variable]}`,
      });
    return { variable, columns };
  }

  #columnsIn(syntax: Syntax): (Syntax & { kind: 'column' })[] {
    if (syntax.kind === 'column') return [syntax as Syntax & { kind: 'column' }];
    if (syntax.kind !== 'call') return [];
    if (isOfPattern(syntax))
      throw fault('T-TYPE', syntax.span, `${syntax.fn} cannot stand inside of another one.`, {
        value: this.#slice(syntax.span),
        expected: 'a value of one row, such as A.price * A.amount',
      });
    return syntax.args.flatMap((argument) => this.#columnsIn(argument));
  }

  #variableOf(column: Syntax): number {
    const qualified = this.#qualified(column);
    if (qualified === undefined) return ALL_ROWS;
    const variable = this.#scope.variables.indexOf(qualified.variable);
    if (variable >= 0) return variable;
    const near = nearest(qualified.variable, this.#scope.variables);
    const { from } = column.span;
    throw fault(
      'T-FIELD',
      { from, to: from + qualified.variable.length },
      'There is no such variable in the pattern.',
      {
        value: showValue(qualified.variable),
        expected: `one of ${this.#scope.variables.join(', ')}${near === null ? '' : ` (nearest: ${near})`}`,
      },
    );
  }

  #qualified(column: Syntax): Qualified | undefined {
    return this.#masked.references.get(column.span.from);
  }

  /** Type and nullability of what `#column` made last. */
  #columnField: Field = field('', STRING);

  /** The column of a value of one row: the text without its variables, checked over the input. */
  #column(
    span: TextSpan,
    columns: readonly Syntax[],
    expects: DataType['kind'] | null,
    input: readonly Field[],
  ): number {
    const qualifiers = columns.flatMap((column) => {
      const found = this.#qualified(column);
      return found === undefined ? [] : [{ span: { from: found.span.from, to: found.fieldFrom }, text: '' }];
    });
    const rewritten = new Rewritten(this.#text, span, qualifiers);
    const checked = checkExpression(rewritten.text, input, { expects });
    if (!checked.ok) throw new Fault(checked.problems.map((found) => backIn(found, rewritten)));
    const { expression } = checked;
    const name = expression.kind === 'field' ? expression.name : rewritten.text;
    this.#columnField = field(name, expression.type, expression.nullable);
    return this.#scope.column({ field: this.#columnField, expression });
  }

  #slice(span: TextSpan): string {
    return showValue(this.#text.slice(span.from, span.to));
  }

  /** Problems of the masked text quote it: with the dots that the person wrote. */
  #unmasked(found: Problem): Problem {
    const dots = (text: string): string => (this.#text.includes('$') ? text : text.replaceAll('$', '.'));
    return {
      ...found,
      message: dots(found.message),
      ...(found.value === undefined ? {} : { value: dots(found.value) }),
    };
  }
}

interface Cell {
  readonly reference: Reference;
  readonly type: DataType;
  readonly nullable: boolean;
}

const NOT_SUPPORTED: Readonly<Record<string, string>> = {
  PREV: 'Flink has no physical offsets: PREV looks at rows outside of the variables.',
  NEXT: 'Flink has no physical offsets: NEXT looks at rows that have not come yet.',
  MATCH_PROCTIME: 'Patterns are matched in event time: MATCH_ROWTIME() is the time of the last row.',
};

/** Calls that mean rows of the match, not values of one row. */
const OF_PATTERN: ReadonlySet<string> = new Set([
  ...AGGREGATES,
  ...OFFSETS,
  'CLASSIFIER',
  'MATCH_ROWTIME',
  ...Object.keys(NOT_SUPPORTED),
]);
const isOfPattern = (call: Syntax & { kind: 'call' }): boolean =>
  call.form !== 'operator' && OF_PATTERN.has(call.fn);

const backIn = (found: Problem, rewritten: Rewritten): Problem =>
  found.span === undefined ? found : { ...found, span: rewritten.original(found.span) };
