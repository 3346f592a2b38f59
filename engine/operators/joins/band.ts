/**
 * What a join's condition says about how far apart its rows can be: a field of one side (the wide one) that must lie between values
 * which the other side alone determines, as in `left.time BETWEEN right.end - INTERVAL '10' SECOND AND right.end`. Pure.
 */
import type { Field } from '../../contract/types.ts';
import type { Checked, CheckedCall } from '../../expressions/index.ts';
import { fieldsOf } from '../../expressions/index.ts';
import { bothFields } from '../../plan/both-fields.ts';
import { checkedSetting } from '../../plan/check-setting.ts';
import { LEFT, RIGHT, type Side } from './plan.ts';

export interface Band {
  /** The side whose field is bounded. */
  readonly wide: Side;
  /** The field, among those of its side. */
  readonly column: number;
  /** Both over the fields of the other side. A row for which one is NULL meets nothing. */
  readonly low: Checked;
  /** Null: there is no upper end. */
  readonly high: Checked | null;
}

/** Kept as numbers that are compared as such. */
const ORDERED: readonly string[] = ['INT', 'BIGINT', 'TIMESTAMP'];
/** None of these can fail: whether pairs that are too far apart are judged or left out is then all the same. */
const SAFE: readonly string[] = ['and', 'or', 'not', 'between', '=', '<>', '<', '<=', '>', '>=', 'is-null'];

/** Null where the condition bounds no field from below, or where it could fail over a pair. */
export function bandOf(
  text: string | undefined,
  left: readonly Field[],
  right: readonly Field[],
): Band | null {
  if (text === undefined) return null;
  const condition = checkedSetting(text, bothFields(left, right), 'BOOLEAN');
  const parts = conjuncts(condition);
  const sideOf = (e: Checked): Side | null => {
    const sides = new Set(fieldsOf(e).map((index) => (index < left.length ? LEFT : RIGHT)));
    return sides.size === 1 ? ([...sides][0] as Side) : null;
  };
  const found: Band[] = [];
  for (const wide of [LEFT, RIGHT] as const) {
    const first = wide === LEFT ? 0 : left.length;
    const fields = wide === LEFT ? left : right;
    const bounds = parts.flatMap(boundsIn);
    const own = bounds.flatMap(({ of, end, by }) => {
      const column = of.kind === 'field' ? of.index - first : -1;
      const isOther = sideOf(by) === (wide === LEFT ? RIGHT : LEFT);
      return isOther && fields[column] !== undefined ? [{ column, end, by }] : [];
    });
    for (const { column, by } of own.filter((b) => b.end === 'low')) {
      const high = own.find((b) => b.column === column && b.end === 'high')?.by ?? null;
      const used = new Set([by, high]);
      if (!parts.every((part) => isSafe(part, used))) continue;
      const shift = wide === LEFT ? left.length : 0;
      found.push({ wide, column, low: moved(by, shift), high: high && moved(high, shift) });
    }
  }
  return found.find((band) => band.high !== null) ?? found[0] ?? null;
}

interface Bound {
  readonly of: Checked;
  readonly end: 'low' | 'high';
  readonly by: Checked;
}

/** Ends count as included: the condition is still asked about what stands at them. */
function boundsIn(part: Checked): Bound[] {
  if (part.kind !== 'call' || !part.args.every((arg) => ORDERED.includes(arg.type.kind))) return [];
  const [a, b, c] = part.args;
  if (a === undefined || b === undefined) return [];
  const least = (of: Checked, by: Checked): Bound => ({ of, end: 'low', by });
  const most = (of: Checked, by: Checked): Bound => ({ of, end: 'high', by });
  switch (part.fn) {
    case 'between':
      return c === undefined ? [] : [least(a, b), most(a, c)];
    case '>':
    case '>=':
      return [least(a, b), most(b, a)];
    case '<':
    case '<=':
      return [most(a, b), least(b, a)];
    case '=':
      return [least(a, b), most(a, b), least(b, a), most(b, a)];
    default:
      return [];
  }
}

const conjuncts = (e: Checked): Checked[] =>
  e.kind === 'call' && e.fn === 'and' ? e.args.flatMap(conjuncts) : [e];

/** Bounds may be anything: where one fails, its row is looked at with all others, as it would be without. */
function isSafe(e: Checked, bounds: ReadonlySet<Checked | null>): boolean {
  if (e.kind !== 'call' || bounds.has(e)) return true;
  return SAFE.includes(e.fn) && e.args.every((arg) => isSafe(arg, bounds));
}

/** Over the fields of the side that begins at `shift` less it: those of the left begin at 0. */
function moved(e: Checked, shift: number): Checked {
  if (e.kind === 'field') return { ...e, index: e.index - shift };
  if (e.kind === 'literal') return e;
  return { ...e, args: e.args.map((arg) => moved(arg, shift)) } satisfies CheckedCall;
}
