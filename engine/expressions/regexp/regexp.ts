/**
 * Regular expressions whose time is bounded whatever a stranger writes. A pattern that cannot run away on the text goes to the host's
 * engine; all others go to a machine that is linear in the text.
 */
import { RowError } from '../row-error.ts';
import { type Places, runMachine } from './machine.ts';
import { type Node, parseRegexp } from './parse.ts';
import { compileProgram, type Instruction } from './program.ts';

/** Steps that the host's engine may take at worst. */
const NATIVE_STEPS_MAX = 4_000_000;
const CACHE_MAX = 200;

export interface Regexp {
  readonly groups: number;
  /** The first match from a place on. */
  find(text: string, from: number): Places | null;
  /** What a group of the first match took; null where it has no part in it, or there is no such group, or no match. */
  take(text: string, group: number): string | null;
}

const cache = new Map<string, Regexp>();

/** Throws a RowError for what is no pattern of ours. */
export function regexpOf(pattern: string): Regexp {
  let known = cache.get(pattern);
  if (known === undefined) {
    known = makeRegexp(pattern);
    // Patterns may come from records: the cache must not grow with them.
    if (cache.size >= CACHE_MAX) cache.clear();
    cache.set(pattern, known);
  }
  return known;
}

/** Why a text is no pattern, or null. */
export function regexpFault(pattern: string): string | null {
  try {
    regexpOf(pattern);
    return null;
  } catch (error) {
    if (error instanceof RowError) return error.message;
    throw error;
  }
}

function makeRegexp(pattern: string): Regexp {
  const parsed = parseRegexp(pattern);
  const source = nativeSource(parsed.node);
  const native = new RegExp(source, parsed.ignoreCase ? 'dgiu' : 'dgu');
  // Places cost three times as much as texts.
  const withoutPlaces = new RegExp(source, parsed.ignoreCase ? 'iu' : 'u');
  const { choices, loops } = costOf(parsed.node);
  const slots = (parsed.groups + 1) * 2;
  const program: Instruction[] = compileProgram(parsed);
  const mayRunAway = (text: string): boolean => {
    const steps = choices * (text.length + 1) * (loops === 0 ? 1 : text.length + 1);
    return loops > 1 || steps > NATIVE_STEPS_MAX;
  };
  return {
    groups: parsed.groups,
    take(text, group) {
      if (group < 0 || group > parsed.groups) return null;
      return mayRunAway(text)
        ? takenBy(text, runMachine(program, slots, text, 0), group)
        : (withoutPlaces.exec(text)?.[group] ?? null);
    },
    find(text, from) {
      if (mayRunAway(text)) return runMachine(program, slots, text, from);
      native.lastIndex = from;
      const match = native.exec(text);
      if (match === null) return null;
      return Array.from({ length: parsed.groups + 1 }, (_, i) => match.indices?.[i] ?? [-1, -1]).flat();
    },
  };
}

/** Null where the group has no part in the match, or there is none. */
export function takenBy(text: string, found: Places | null, group: number): string | null {
  const [start, end] = [found?.[group * 2], found?.[group * 2 + 1]];
  return start === undefined || end === undefined || start < 0 ? null : text.slice(start, end);
}

function nativeSource(n: Node): string {
  switch (n.kind) {
    case 'set':
      return n.source;
    case 'sequence':
      return n.parts.map(nativeSource).join('');
    case 'choice':
      return `(?:${n.parts.map(nativeSource).join('|')})`;
    case 'group':
      return `(${n.index === null ? '?:' : ''}${nativeSource(n.body)})`;
    case 'repeat':
      return `${atom(n.body)}{${n.min},${n.max === Infinity ? '' : n.max}}${n.lazy ? '?' : ''}`;
    case 'assert':
      return {
        start: '(?<![^])',
        end: '(?![^])',
        'last-line-end': '(?=\\n?(?![^]))',
        boundary: '\\b',
        'no-boundary': '\\B',
      }[n.what];
  }
}

const atom = (n: Node): string =>
  n.kind === 'group' || n.kind === 'set' ? nativeSource(n) : `(?:${nativeSource(n)})`;

/** Ways that backtracking may try from one place, at worst: `loops` repeats without an end, times `choices`. */
function costOf(n: Node): { choices: number; loops: number } {
  switch (n.kind) {
    case 'sequence':
    case 'choice': {
      const parts = n.parts.map(costOf);
      return {
        choices: parts.reduce((all, p) => all * p.choices, n.kind === 'choice' ? n.parts.length : 1),
        loops: parts.reduce((all, p) => all + p.loops, 0),
      };
    }
    case 'group':
      return costOf(n.body);
    case 'repeat': {
      const body = costOf(n.body);
      const isPlain = body.choices === 1 && body.loops === 0;
      if (n.max === Infinity) return isPlain ? { choices: n.min + 1, loops: 1 } : { choices: 1, loops: 2 };
      // Choices inside of a repeat multiply with each round; and JavaScript, other than Java, forgets what groups took in the
      // round before, and takes no round that is empty.
      return isPlain ? { choices: n.max - n.min + 1, loops: 0 } : { choices: 1, loops: 2 };
    }
    default:
      return { choices: 1, loops: 0 };
  }
}
