/** Shorthand for the `result` of function specs, and what types have in common. */
import {
  BIGINT,
  type DataType,
  DOUBLE,
  type Field,
  INT,
  isNumeric,
  isOrdered,
  STRING,
  sameType,
  type TypeKind,
} from '../../contract/types.ts';
import { asDecimal, commonDecimal } from '../decimal.ts';

type Result = (args: readonly DataType[]) => DataType | null;
type Kind = TypeKind | 'NUMBER' | 'WHOLE' | 'ANY' | 'TEXT-OR-BYTES';

const fits = (type: DataType | undefined, kind: Kind): boolean => {
  if (type === undefined) return true;
  if (kind === 'ANY') return true;
  if (kind === 'NUMBER') return isNumeric(type);
  if (kind === 'WHOLE') return type.kind === 'INT' || type.kind === 'BIGINT';
  if (kind === 'TEXT-OR-BYTES') return type.kind === 'STRING' || type.kind === 'BYTES';
  return type.kind === kind;
};

/** Arguments of these kinds, the last one repeated, give `type`. */
export const takes =
  (type: DataType, ...kinds: readonly Kind[]): Result =>
  (args) =>
    args.every((arg, i) => fits(arg, kinds[Math.min(i, kinds.length - 1)] ?? 'ANY')) ? type : null;

/** One number (and whole numbers after it), of whose type the result is. */
export const sameNumber: Result = ([first, ...rest]) =>
  first !== undefined && isNumeric(first) && rest.every((r) => fits(r, 'WHOLE')) ? first : null;

/** The widest of numbers: INT < BIGINT < DECIMAL < DOUBLE. Null where one is no number. */
export function widest(args: readonly DataType[]): DataType | null {
  if (!args.every(isNumeric)) return null;
  if (args.some((a) => a.kind === 'DOUBLE')) return DOUBLE;
  if (args.some((a) => a.kind === 'DECIMAL')) return args.map(asDecimal).reduce(commonDecimal);
  return args.some((a) => a.kind === 'BIGINT') ? BIGINT : INT;
}

/** The type that all can be brought to without a loss that SQL would not take, or null. */
export function common(args: readonly DataType[]): DataType | null {
  const [first, ...rest] = args;
  if (first === undefined) return null;
  return rest.reduce<DataType | null>((all, type) => (all === null ? null : commonOf(all, type)), first);
}

function commonOf(a: DataType, b: DataType): DataType | null {
  if (sameType(a, b)) return a;
  if (isNumeric(a) && isNumeric(b)) return widest([a, b]);
  if (a.kind === 'ARRAY' && b.kind === 'ARRAY') {
    const element = commonOf(a.element, b.element);
    return element === null ? null : { kind: 'ARRAY', element };
  }
  if (a.kind !== 'ROW' || b.kind !== 'ROW' || a.fields.length !== b.fields.length) return null;
  const fields: Field[] = [];
  for (const [i, f] of a.fields.entries()) {
    const type = commonOf(f.type, b.fields[i]?.type ?? f.type);
    if (type === null) return null;
    fields.push({ ...f, type, nullable: f.nullable || b.fields[i]?.nullable === true });
  }
  return { kind: 'ROW', fields };
}

/** One type for all, which has an order. */
export const ordered: Result = (args) => {
  const type = common(args);
  return type !== null && isOrdered(type) ? type : null;
};

export const arrayOf = (element: DataType): DataType => ({ kind: 'ARRAY', element });

export const text = takes(STRING, 'STRING');
export const real = takes(DOUBLE, 'NUMBER');
