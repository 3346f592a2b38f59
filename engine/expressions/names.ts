/**
 * Names of an expression → fields. A name with points is looked for as it stands first (`left.origin` of a join, where the
 * inputs' fields are named so), then as a field of a row; a name without its side is found where only one side has it.
 */
import { nearest, showValue, type TextSpan } from '../contract/problems.ts';
import { type DataType, type Field, INT, printType } from '../contract/types.ts';
import type { Checked } from './api.ts';
import { call, Fault, literal } from './fault.ts';
import type { Syntax } from './syntax.ts';

/** `a.b.c` as names, or null where it begins with something else than a name. */
function path(s: Syntax): { name: string; span: TextSpan }[] | null {
  if (s.kind === 'column') return [{ name: s.text, span: s.span }];
  if (s.kind !== 'access') return null;
  const before = path(s.of);
  return before === null ? null : [...before, { name: s.name, span: s.span }];
}

/** A column, or an access that begins with one; null where it does not. */
export function resolveName(s: Syntax, fields: readonly Field[]): Checked | null {
  const names = path(s);
  if (names === null) return null;
  for (let length = names.length; length > 0; length--) {
    const index = indexOf(
      names
        .slice(0, length)
        .map((n) => n.name)
        .join('.'),
      fields,
    );
    const found = fields[index];
    if (found === undefined) continue;
    const span = names[length - 1]?.span ?? s.span;
    const { name, type, nullable } = found;
    return names.slice(length).reduce<Checked>((of, part) => rowField(of, part.name, part.span), {
      kind: 'field',
      index,
      name,
      type,
      nullable,
      span,
    });
  }
  throw unknown(s, names.map((n) => n.name).join('.'), fields);
}

/** By its own spelling, then whatever its case where that is one field only; then without its side. -1 where there is none. */
function indexOf(name: string, fields: readonly Field[]): number {
  const exact = fields.findIndex((f) => f.name === name);
  if (exact >= 0) return exact;
  const same = only(fields, (f) => f.name.toLowerCase() === name.toLowerCase());
  if (same >= 0) return same;
  const bare = only(fields, (f) => withoutSide(f.name) === name);
  return bare >= 0 ? bare : only(fields, (f) => withoutSide(f.name)?.toLowerCase() === name.toLowerCase());
}

function only(fields: readonly Field[], is: (f: Field) => boolean): number {
  const first = fields.findIndex(is);
  return first >= 0 && fields.findLastIndex(is) === first ? first : -1;
}

const withoutSide = (name: string): string | null => /^(?:left|right)\.(.*)$/s.exec(name)?.[1] ?? null;

/** `of.name` for a row. */
export function rowField(of: Checked, name: string, span: TextSpan): Checked {
  const { type } = of;
  if (type.kind !== 'ROW')
    throw new Fault('T-TYPE', span, `${printType(type)} has no fields.`, {
      value: showValue(name),
      expected: 'a ROW in front of the point',
    });
  const at = indexOf(name, type.fields);
  const field = type.fields[at];
  if (field === undefined)
    throw new Fault('T-FIELD', span, `The row has no field ${showValue(name)}.`, {
      value: showValue(name),
      expected: among(name, type.fields),
    });
  return call('row-field', field.type, [of, literal(at, INT, span)], span, of.nullable || field.nullable);
}

function among(name: string, fields: readonly { readonly name: string; readonly type: DataType }[]): string {
  const names = fields.map((f) => f.name);
  const near = nearest(name, names);
  return `one of ${names.join(', ')}${near === null ? '' : ` (nearest: ${near})`}`;
}

function unknown(s: Syntax, name: string, fields: readonly Field[]): Fault {
  const [first = ''] = name.split('.');
  const sides = fields.filter((f) => withoutSide(f.name)?.toLowerCase() === first.toLowerCase());
  if (sides.length > 1)
    return new Fault('T-FIELD', s.span, `Both inputs have a field ${showValue(first)}.`, {
      value: showValue(name),
      expected: sides.map((f) => f.name).join(' or '),
    });
  return new Fault('T-FIELD', s.span, `There is no field ${showValue(name)}.`, {
    value: showValue(name),
    expected: among(name, fields),
    next: 'Correct the name; strings stand in single quotes.',
  });
}
