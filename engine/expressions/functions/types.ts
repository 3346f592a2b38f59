/** Shorthand for the `result` of function specs. */
import {
  BIGINT,
  type DataType,
  DOUBLE,
  INT,
  isNumeric,
  STRING,
  type TypeKind,
} from '../../contract/types.ts';

type Result = (args: readonly DataType[]) => DataType | null;

const fits = (type: DataType | undefined, kind: TypeKind | 'NUMBER' | 'WHOLE' | 'ANY'): boolean => {
  if (type === undefined) return true;
  if (kind === 'ANY') return true;
  if (kind === 'NUMBER') return isNumeric(type);
  if (kind === 'WHOLE') return type.kind === 'INT' || type.kind === 'BIGINT';
  return type.kind === kind;
};

/** Arguments of these kinds, the last one repeated, give `type`. */
export const takes =
  (type: DataType, ...kinds: readonly (TypeKind | 'NUMBER' | 'WHOLE' | 'ANY')[]): Result =>
  (args) =>
    args.every((arg, i) => fits(arg, kinds[Math.min(i, kinds.length - 1)] ?? 'ANY')) ? type : null;

/** One number (and whole numbers after it), of whose type the result is. */
export const sameNumber: Result = ([first, ...rest]) =>
  first !== undefined && isNumeric(first) && rest.every((r) => fits(r, 'WHOLE')) ? first : null;

/** The widest of numbers: INT < BIGINT < DOUBLE. Null where one is no number. */
export function widest(args: readonly DataType[]): DataType | null {
  if (!args.every(isNumeric)) return null;
  if (args.some((a) => a.kind === 'DOUBLE')) return DOUBLE;
  return args.some((a) => a.kind === 'BIGINT') ? BIGINT : INT;
}

/** The one type that all have, or the widest number. */
export function common(args: readonly DataType[]): DataType | null {
  const [first] = args;
  if (first === undefined) return null;
  return args.every((a) => a.kind === first.kind) ? first : widest(args);
}

export const text = takes(STRING, 'STRING');
export const real = takes(DOUBLE, 'NUMBER');
