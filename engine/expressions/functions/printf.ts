/** Java's String.format, without dates and positions. */
import type { DataType } from '../../contract/types.ts';
import { decimalText } from '../../contract/value-text.ts';
import type { Value } from '../../contract/values.ts';
import { castText } from '../casts.ts';
import { decimalToNumber } from '../decimal.ts';
import { RowError } from '../row-error.ts';
import { bounded } from './strings.ts';

const PART = /%([-#+ 0,(]*)(\d{1,7})?(?:\.(\d{1,3}))?([a-zA-Z%])/g;

export function printf(format: string, values: readonly Value[], types: readonly DataType[]): string {
  let next = 0;
  let length = 0;
  const out = format.replace(
    PART,
    (part, flags: string, width: string | undefined, digits: string | undefined, kind: string) => {
      if (kind === 'n') return '\n';
      let body = '%';
      if (kind !== '%') {
        const type = types[next];
        if (type === undefined) throw new RowError(`PRINTF has no value for ${part}`);
        const value = values[next++] ?? null;
        body =
          value === null
            ? 'null'
            : write(kind, value, type, flags, digits === undefined ? null : Number(digits), part);
      }
      length += Math.max(body.length, Number(width ?? 0));
      bounded(length);
      return padded(body, flags, Number(width ?? 0), kind);
    },
  );
  return out;
}

function write(
  kind: string,
  value: Exclude<Value, null>,
  type: DataType,
  flags: string,
  digits: number | null,
  part: string,
): string {
  const refuse = (): RowError => new RowError(`PRINTF: ${part} does not take ${type.kind}`);
  switch (kind) {
    case 's':
    case 'S': {
      const all = castText(value, type);
      const cut = digits === null ? all : all.slice(0, digits);
      return kind === 'S' ? cut.toUpperCase() : cut;
    }
    case 'b':
    case 'B': {
      const word = String(type.kind === 'BOOLEAN' ? value : true);
      return kind === 'B' ? word.toUpperCase() : word;
    }
    case 'c':
      if (type.kind === 'STRING') return Array.from(value as string)[0] ?? '';
      if (type.kind !== 'INT') throw refuse();
      return (value as number) >= 0 && (value as number) <= 0x10ffff
        ? String.fromCodePoint(value as number)
        : '?';
    case 'd':
      if (type.kind !== 'INT' && type.kind !== 'BIGINT') throw refuse();
      return signed(String(value), flags);
    case 'x':
    case 'X':
    case 'o': {
      if (type.kind !== 'INT' && type.kind !== 'BIGINT') throw refuse();
      const bits = BigInt.asUintN(type.kind === 'INT' ? 32 : 64, BigInt(value as number | bigint));
      const text = bits.toString(kind === 'o' ? 8 : 16);
      return kind === 'X' ? text.toUpperCase() : text;
    }
    case 'f':
    case 'e':
    case 'E': {
      if (type.kind !== 'DOUBLE' && type.kind !== 'DECIMAL') throw refuse();
      if (kind === 'f' && type.kind === 'DECIMAL') {
        const number = decimalText(roundedTo(value as bigint, type.scale, digits ?? 6), digits ?? 6);
        return signed(number, flags);
      }
      const number =
        type.kind === 'DECIMAL' ? decimalToNumber(value as bigint, type.scale) : (value as number);
      if (!Number.isFinite(number)) return String(number);
      const text = kind === 'f' ? number.toFixed(digits ?? 6) : exponent(number, digits ?? 6);
      return signed(kind === 'E' ? text.toUpperCase() : text, flags);
    }
    default:
      throw new RowError(`PRINTF does not know ${part}`);
  }
}

function roundedTo(unscaled: bigint, scale: number, digits: number): bigint {
  if (digits >= scale) return unscaled * 10n ** BigInt(digits - scale);
  const unit = 10n ** BigInt(scale - digits);
  const half = unscaled < 0n ? -unit / 2n : unit / 2n;
  return (unscaled + half) / unit;
}

/** `1.500000e+10`: two digits of exponent at least. */
const exponent = (x: number, digits: number): string =>
  x.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2');

function signed(number: string, flags: string): string {
  const grouped = flags.includes(',')
    ? number.replace(
        /^(-?)(\d+)/,
        (_, sign: string, whole: string) => sign + whole.replace(/\B(?=(\d{3})+$)/g, ','),
      )
    : number;
  if (grouped.startsWith('-')) return flags.includes('(') ? `(${grouped.slice(1)})` : grouped;
  return flags.includes('+') ? `+${grouped}` : flags.includes(' ') ? ` ${grouped}` : grouped;
}

function padded(text: string, flags: string, width: number, kind: string): string {
  if (flags.includes('-')) return text.padEnd(width);
  if (!flags.includes('0') || !/[dxXofeE]/.test(kind)) return text.padStart(width);
  const sign = /^[-+ (]/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(width - sign.length, '0');
}
