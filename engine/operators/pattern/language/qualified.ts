/**
 * References such as `A.price` in the text of a condition or measure. `A` is a variable of the pattern, not a field, so the expression
 * language is given the text with each of them as one name of the same length: places in it stay places in the original.
 */
import type { TextSpan } from '../../../contract/problems.ts';

export interface Qualified {
  readonly span: TextSpan;
  readonly variable: string;
  /** Where the field begins, behind the dot. */
  readonly fieldFrom: number;
}

export interface Masked {
  readonly text: string;
  /** By the place where they begin. */
  readonly references: ReadonlyMap<number, Qualified>;
}

const NAME = '[A-Za-z_\\u0080-\\uffff][A-Za-z0-9_$\\u0080-\\uffff]*';
const QUOTED = '`(?:[^`]|``)*`';
/** Strings, comments and quoted names are stepped over; names that a dot joins are what is looked for. */
const TOKENS = new RegExp(
  `'(?:[^']|'')*'|--[^\\n]*|(${NAME})\\.(?:(${QUOTED})|(${NAME}(?:\\.${NAME})*))|${QUOTED}|${NAME}`,
  'g',
);

/** @param isField names of the input that a dot may follow too: fields of type ROW */
export function maskQualified(text: string, isField: (name: string) => boolean): Masked {
  const references = new Map<number, Qualified>();
  const masked = text.replace(
    TOKENS,
    (token, variable: string | undefined, quoted?: string, path?: string, at?: number) => {
      if (variable === undefined || isField(variable)) return token;
      const from = at ?? 0;
      const fieldFrom = from + variable.length + 1;
      references.set(from, { span: { from, to: from + token.length }, variable, fieldFrom });
      if (quoted !== undefined) return `\`${variable}.${quoted.slice(1)}`;
      return path === undefined ? token : token.replaceAll('.', '$');
    },
  );
  return { text: masked, references };
}

/** A text with some of its spans replaced, and the way back from places in the new text. */
export class Rewritten {
  readonly text: string;
  readonly #pieces: readonly { readonly from: number; readonly to: number; readonly original: TextSpan }[];

  /** @param replacements in order, not overlapping; the rest of `text` within `whole` stays */
  constructor(text: string, whole: TextSpan, replacements: readonly { span: TextSpan; text: string }[]) {
    const pieces: { from: number; to: number; original: TextSpan }[] = [];
    let made = '';
    const add = (piece: string, original: TextSpan): void => {
      pieces.push({ from: made.length, to: made.length + piece.length, original });
      made += piece;
    };
    let at = whole.from;
    for (const replacement of replacements) {
      add(text.slice(at, replacement.span.from), { from: at, to: replacement.span.from });
      add(replacement.text, replacement.span);
      at = replacement.span.to;
    }
    add(text.slice(at, whole.to), { from: at, to: whole.to });
    this.text = made;
    this.#pieces = pieces;
  }

  original(span: TextSpan): TextSpan {
    return { from: this.#place(span.from, 'from'), to: this.#place(span.to, 'to') };
  }

  #place(at: number, end: 'from' | 'to'): number {
    const inside = (p: { from: number; to: number }): boolean =>
      end === 'from' ? at >= p.from && at < p.to : at > p.from && at <= p.to;
    const index = this.#pieces.findIndex(inside);
    const piece = this.#pieces[index] ?? this.#pieces[end === 'from' ? this.#pieces.length - 1 : 0];
    if (piece === undefined) return at;
    const { from, to } = piece.original;
    if (end === 'from' && at === piece.from) {
      // What was taken out in front belongs to it: the variable to its field.
      const before = this.#pieces[index - 1];
      return before !== undefined && before.from === before.to ? before.original.from : from;
    }
    // What was replaced is meant as a whole; what stayed, by its character.
    return to - from === piece.to - piece.from ? from + at - piece.from : end === 'from' ? from : to;
  }
}
