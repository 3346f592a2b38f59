/** What all joins share: their settings, and what these mean for two inputs. Pure. */
import { z } from 'zod';
import { problem, showValue } from '../../contract/problems.ts';
import { zFieldName } from '../../contract/settings.ts';
import { type PortSpec, type SchemaContext, setting } from '../../contract/spec.ts';
import { type EdgeSchema, type Field, printType, sameType } from '../../contract/types.ts';
import { bothFields } from '../../plan/both-fields.ts';
import { checkFieldName, checkSetting } from '../../plan/check-setting.ts';

export const LEFT_IN: PortSpec = { name: 'left', label: 'left', role: 'main' };
export const RIGHT_IN: PortSpec = { name: 'right', label: 'right', role: 'main' };
/** Two ports: late rows keep the schema of the side that they came from. */
export const LATE_LEFT_OUT: PortSpec = { name: 'late-left', label: 'late left', role: 'late' };
export const LATE_RIGHT_OUT: PortSpec = { name: 'late-right', label: 'late right', role: 'late' };

const zPair = z.strictObject({
  left: setting(zFieldName, { title: 'Left field', widget: 'field', scope: 'left', placeholder: 'id' }),
  right: setting(zFieldName, {
    title: 'Right field',
    widget: 'field',
    scope: 'right',
    placeholder: 'order_id',
  }),
});

export const zOn = setting(z.array(zPair).max(32).default([]), {
  title: 'Equal fields',
  widget: 'pairs',
  description:
    'Rows meet where all these are equal. Without any, every row of one side meets every row of the other, on one thread',
});

/** Where a join needs an equality: state is kept by it. */
export const zOnAtLeastOne = setting(z.array(zPair).min(1).max(32), {
  title: 'Equal fields',
  widget: 'pairs',
  description: 'The row that is looked up has these fields equal',
});

export const zCondition = setting(z.string().min(1).max(20_000).optional(), {
  title: 'And',
  widget: 'expression',
  expects: 'BOOLEAN',
  scope: 'both',
  placeholder: 'left.price <= right.limit',
  description: 'A further condition over both rows, which are called left and right',
});

export const zNullKeys = setting(z.enum(['never', 'equal']).default('never'), {
  title: 'NULL keys',
  widget: 'segmented',
  labels: { never: 'Meet nothing', equal: 'Meet each other' },
  advanced: true,
  description: 'As = does in SQL; or as IS NOT DISTINCT FROM does',
});

export const zRightPrefix = setting(zFieldName.default('right_'), {
  title: 'Prefix',
  widget: 'text',
  advanced: true,
  placeholder: 'right_',
  description: 'Stands before the name of a right field that the left side has too',
});

export const zSelect = setting(
  z
    .array(
      z.strictObject({
        from: setting(z.string().min(1).max(160), {
          title: 'Field',
          widget: 'field',
          scope: 'both',
          placeholder: 'right.name',
        }),
        as: setting(zFieldName.optional(), { title: 'As', widget: 'text', placeholder: 'its own name' }),
      }),
    )
    .min(1)
    .max(2000)
    .optional(),
  {
    title: 'Keep',
    widget: 'list',
    advanced: true,
    description: 'The fields of the result; left out, all of the left side and then all of the right',
  },
);

export type JoinKind = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti';
export const JOIN_LABELS: Readonly<Record<JoinKind, string>> = {
  inner: 'Inner',
  left: 'Left',
  right: 'Right',
  full: 'Full',
  semi: 'Semi (left rows with a match)',
  anti: 'Anti (left rows without)',
};

/** The settings that `planJoin` reads; each join has these and more. */
export interface JoinSettings {
  readonly join: JoinKind;
  readonly on: readonly { readonly left: string; readonly right: string }[];
  readonly condition?: string | undefined;
  readonly rightPrefix: string;
  readonly select?: readonly { readonly from: string; readonly as?: string | undefined }[] | undefined;
}

export const LEFT = 0;
export const RIGHT = 1;
export type Side = 0 | 1;

/** One field of the result and where it comes from. */
export interface OutputColumn {
  readonly field: Field;
  readonly side: Side;
  /** Of the side's fields. */
  readonly index: number;
}

export interface PlannedJoin {
  /** Key columns, by side. Pairs have the same type, or INT and BIGINT. */
  readonly keys: readonly [readonly number[], readonly number[]];
  readonly columns: readonly OutputColumn[];
  /** Whether rows of a side come without a partner too, their other half NULL. */
  readonly outer: readonly [boolean, boolean];
}

type Context = Pick<SchemaContext<unknown>, 'report'>;

export const isOuter = (join: JoinKind): readonly [boolean, boolean] => [
  join === 'left' || join === 'full',
  join === 'right' || join === 'full',
];
/** Whether the result has the left side's fields only. */
export const isLeftOnly = (join: JoinKind): boolean => join === 'semi' || join === 'anti';

const INPUTS = ['the left input', 'the right input'] as const;

/**
 * @param hidden fields of either side that the result leaves out unless they are selected
 * @param where what the sides are called in errors
 */
export function planJoin(
  settings: JoinSettings,
  left: readonly Field[],
  right: readonly Field[],
  context: Context,
  hidden: ReadonlySet<string> = new Set(),
  where: readonly [string, string] = INPUTS,
): PlannedJoin {
  if (settings.condition !== undefined)
    checkSetting(context, ['condition'], settings.condition, bothFields(left, right), 'BOOLEAN');
  const outer = isOuter(settings.join);
  return {
    keys: planKeys(settings, left, right, where, context),
    columns: planColumns(settings, left, right, outer, hidden, context),
    outer,
  };
}

function planKeys(
  { on }: JoinSettings,
  left: readonly Field[],
  right: readonly Field[],
  where: readonly [string, string],
  context: Context,
): [number[], number[]] {
  const keys: [number[], number[]] = [[], []];
  on.forEach((pair, i) => {
    const l = checkFieldName(context, ['on', i, 'left'], pair.left, left, where[LEFT]);
    const r = checkFieldName(context, ['on', i, 'right'], pair.right, right, where[RIGHT]);
    const a = l === null ? undefined : left[l];
    const b = r === null ? undefined : right[r];
    if (l === null || r === null || a === undefined || b === undefined) return;
    if (!meet(a, b)) {
      context.report(
        problem('T-TYPE', {
          path: ['on', i, 'right'],
          message: `The key fields have different types: ${a.name} is ${printType(a.type)}, ${b.name} is ${printType(b.type)}.`,
          value: `${showValue(pair.right)}, ${printType(b.type)}`,
          expected: printType(a.type),
          next: 'Give one of them the type of the other, with a Map and CAST in front of this join.',
        }),
      );
      return;
    }
    keys[LEFT].push(l);
    keys[RIGHT].push(r);
  });
  return keys;
}

/** INT is widened to BIGINT; everything else must be the same (DECIMAL: of the same scale). */
function meet(a: Field, b: Field): boolean {
  const whole = (f: Field): boolean => f.type.kind === 'INT' || f.type.kind === 'BIGINT';
  if (whole(a) && whole(b)) return true;
  if (a.type.kind === 'DECIMAL' && b.type.kind === 'DECIMAL') return a.type.scale === b.type.scale;
  return sameType(a.type, b.type);
}

function planColumns(
  settings: JoinSettings,
  left: readonly Field[],
  right: readonly Field[],
  outer: readonly [boolean, boolean],
  hidden: ReadonlySet<string>,
  context: Context,
): OutputColumn[] {
  const column = (side: Side, index: number, f: Field, name: string): OutputColumn => ({
    side,
    index,
    // A side is padded with NULL where the other one is outer.
    field: { ...f, name, nullable: f.nullable || outer[side === LEFT ? RIGHT : LEFT] === true },
  });
  const leftOnly = isLeftOnly(settings.join);
  if (settings.select !== undefined) {
    const columns = settings.select.flatMap(({ from, as }, i): OutputColumn[] => {
      const found = resolve(from, left, leftOnly ? [] : right, ['select', i, 'from'], context);
      if (found === null) return [];
      return [column(found.side, found.index, found.field, as ?? found.field.name)];
    });
    reportTwice(columns, (i) => ['select', i, 'as'], context);
    return columns;
  }
  const columns = left.flatMap((f, i) => (hidden.has(f.name) ? [] : [column(LEFT, i, f, f.name)]));
  if (leftOnly) return columns;
  const taken = new Set([...columns.map((c) => c.field.name), ...hidden]);
  for (const [i, f] of right.entries()) {
    if (hidden.has(f.name)) continue;
    const name = taken.has(f.name) ? `${settings.rightPrefix}${f.name}` : f.name;
    columns.push(column(RIGHT, i, f, name));
  }
  reportTwice(columns, () => ['rightPrefix'], context);
  return columns;
}

/** `left.x`, `right.x`, or `x` where one side has it. */
function resolve(
  name: string,
  left: readonly Field[],
  right: readonly Field[],
  path: readonly (string | number)[],
  context: Context,
): { side: Side; index: number; field: Field } | null {
  const both = bothFields(left, right);
  const exact = both.findIndex((f) => f.name === name);
  const bare = both.flatMap((f, i) => (f.name.slice(f.name.indexOf('.') + 1) === name ? [i] : []));
  const at = exact >= 0 ? exact : bare.length === 1 ? (bare[0] ?? -1) : -1;
  const side = at < left.length ? LEFT : RIGHT;
  const index = side === LEFT ? at : at - left.length;
  const field = (side === LEFT ? left : right)[index];
  if (at >= 0 && field !== undefined) return { side, index, field };
  context.report(
    problem('T-FIELD', {
      path,
      message:
        bare.length > 1
          ? `Both sides have a field ${showValue(name)}.`
          : `There is no field ${showValue(name)} that the result could have.`,
      value: showValue(name),
      expected:
        bare.length > 1 ? `left.${name} or right.${name}` : `one of ${both.map((f) => f.name).join(', ')}`,
      next: 'Pick one of these fields.',
    }),
  );
  return null;
}

function reportTwice(
  columns: readonly OutputColumn[],
  pathOf: (index: number) => readonly (string | number)[],
  context: Context,
): void {
  const seen = new Set<string>();
  columns.forEach(({ field: { name } }, i) => {
    if (seen.has(name)) {
      context.report(
        problem('S-VALUE', {
          path: pathOf(i),
          message: `Two fields of the result would be called ${showValue(name)}.`,
          value: showValue(name),
          expected: 'every field name once',
          next: 'Choose another name or prefix, or keep only one of the two.',
        }),
      );
    }
    seen.add(name);
  });
}

/** Reports a side without event time. */
export function checkEventTime(
  context: Context,
  path: readonly (string | number)[],
  sides: readonly { readonly name: string; readonly schema: EdgeSchema }[],
  what: string,
): void {
  for (const { name, schema } of sides) {
    if (schema.eventTime) continue;
    context.report(
      problem('G-FIT', {
        path,
        message: `${what} needs records with event time, and those of the ${name} input have none.`,
        value: `no event time on ${name}`,
        expected: 'a source with "time" set',
        next: 'Set the event-time field of the source above.',
      }),
    );
  }
}

/** `left.a = right.b and …`, for the card. */
export const summarizeOn = ({ on, condition }: JoinSettings): string =>
  [
    ...on.map((p) => (p.left === p.right ? p.left : `${p.left} = ${p.right}`)),
    ...(condition === undefined ? [] : [condition]),
  ].join(' and ') || 'everything';

/** Fields that name one row of the result, where both sides' keys are known and kept. */
export function joinedKey(
  columns: readonly OutputColumn[],
  sides: readonly (readonly [Side, EdgeSchema])[],
): readonly string[] | undefined {
  const names: string[] = [];
  for (const [side, schema] of sides) {
    if (schema.key === undefined) return undefined;
    for (const key of schema.key) {
      const column = columns.find((c) => c.side === side && schema.fields[c.index]?.name === key);
      if (column === undefined) return undefined;
      names.push(column.field.name);
    }
  }
  return names;
}
