/** Text → document or problems. Never throws, whatever the text. */
import type { z } from 'zod';
import { DOCUMENT_SIZE_MAX, DOCUMENT_VERSION, type GraphDocument, zDocument } from './document.ts';
import { nearest, type Problem, problem, showValue } from './problems.ts';

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: Problem[] };

const fail = (...problems: Problem[]): { ok: false; problems: Problem[] } => ({ ok: false, problems });

export function parseDocument(text: string): Parsed<GraphDocument> {
  if (text.length > DOCUMENT_SIZE_MAX) {
    return fail(
      problem('D-SIZE', {
        path: [],
        message: 'The document is too large.',
        value: `${(text.length / 1e6).toFixed(1)} million characters`,
        expected: `at most ${(DOCUMENT_SIZE_MAX / 1e6).toFixed(1)} million`,
        next: 'Keep data out of the document: name a file instead.',
      }),
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch (error) {
    return fail(brokenJson(text, error));
  }
  return validateDocument(json);
}

/** The same for JSON that was already read (messages, clipboard). */
export function validateDocument(json: unknown): Parsed<GraphDocument> {
  const unsafe = findUnsafe(json);
  if (unsafe !== null) return fail(unsafe);
  const version = isRecord(json) ? json['weir'] : undefined;
  if (version !== DOCUMENT_VERSION) return fail(wrongVersion(json, version));
  const result = zDocument.safeParse(json);
  return result.success ? { ok: true, value: result.data } : fail(...fromZod(result.error, [], json));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function brokenJson(text: string, error: unknown): Problem {
  const message = error instanceof Error ? error.message : String(error);
  const at = /position (\d+)/.exec(message)?.[1];
  const place = at === undefined ? null : linePlace(text, Number(at));
  return problem('D-JSON', {
    path: [],
    message:
      place === null
        ? 'The text is not JSON: it ends too early or is empty.'
        : `The text is not JSON: line ${place.line}, column ${place.column}.`,
    value:
      place === null
        ? showValue(text.slice(-40))
        : showValue(text.slice(Math.max(0, place.at - 20), place.at + 20)),
    expected: message.replace(/ in JSON at position.*| at position.*/s, ''),
    next: 'Mend the text at that place, or restore the file from git.',
  });
}

function linePlace(text: string, at: number): { line: number; column: number; at: number } {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  return { line, column: at - before.lastIndexOf('\n'), at };
}

function wrongVersion(json: unknown, version: unknown): Problem {
  return problem('D-VERSION', {
    path: isRecord(json) ? ['weir'] : [],
    message: !isRecord(json)
      ? 'This is not a Weir document.'
      : version === undefined
        ? 'This is not a Weir document: it has no "weir" version.'
        : 'The document has a version that this Weir does not know.',
    value: isRecord(json) ? showValue(version ?? null) : showValue(json),
    expected: `"weir": ${DOCUMENT_VERSION}`,
    next:
      typeof version === 'number' && version > DOCUMENT_VERSION
        ? 'Open it with a newer Weir.'
        : 'Check that this is the right file.',
  });
}

const DEPTH_MAX = 64;
/** Objects, lists and plain values together; a table of 10,000 rows with 50 fields has half of it. */
const VALUES_MAX = 1_000_000;
/** A stranger's file can have a fault in every byte; nobody reads more than this. */
const PROBLEMS_MAX = 200;

/** A value on the way down; its path is only put together for a problem. */
interface Place {
  readonly value: object;
  readonly key: string | number;
  readonly parent: Place | null;
  readonly depth: number;
}

function pathOf(place: Place): (string | number)[] {
  const path: (string | number)[] = [];
  for (let at: Place = place; at.parent !== null; at = at.parent) path.unshift(at.key);
  return path;
}

/**
 * Keys that could reach a prototype, nesting that could exhaust a stack, and more values than memory should hold:
 * refused before anything else walks them.
 */
function findUnsafe(json: unknown): Problem | null {
  if (typeof json !== 'object' || json === null) return null;
  const open: Place[] = [{ value: json, key: '', parent: null, depth: 0 }];
  let values = 0;
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { value, depth } = place;
    if (depth > DEPTH_MAX) {
      return problem('D-SHAPE', {
        path: pathOf(place).slice(0, 4),
        message: 'The document is nested too deeply.',
        expected: `at most ${DEPTH_MAX} levels`,
        next: 'Flatten this part.',
      });
    }
    if (Object.hasOwn(value, '__proto__')) {
      return problem('D-KEY', {
        path: [...pathOf(place), '__proto__'],
        message: 'The key "__proto__" is not allowed in a document.',
        value: '"__proto__"',
        expected: 'a plain key',
        next: 'Remove or rename the key.',
      });
    }
    const keys = Array.isArray(value) ? value.keys() : Object.keys(value);
    for (const key of keys) {
      if (++values > VALUES_MAX) return tooManyValues(place);
      const child = (value as Record<string | number, unknown>)[key];
      if (typeof child !== 'object' || child === null) continue;
      open.push({ value: child, key, parent: place, depth: depth + 1 });
    }
  }
  return null;
}

function tooManyValues(place: Place): Problem {
  return problem('D-SIZE', {
    path: pathOf(place).slice(0, 4),
    message: 'The document holds too many values.',
    expected: `at most ${VALUES_MAX} values`,
    next: 'Keep data out of the document: name a file instead.',
  });
}

/** zod's issues as our problems; `base` is where the value stands in the document. */
export function fromZod(error: z.ZodError, base: readonly (string | number)[], root: unknown): Problem[] {
  return error.issues.slice(0, PROBLEMS_MAX).map((issue) => fromIssue(issue, base, root));
}

function fromIssue(issue: z.core.$ZodIssue, base: readonly (string | number)[], root: unknown): Problem {
  const path = [...base, ...issue.path.map((key) => (typeof key === 'number' ? key : String(key)))];
  const value = valueAt(root, issue.path);
  const code = base.length === 0 ? 'D-SHAPE' : 'S-VALUE';
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    return problem('D-KEY', {
      path: [...path, key],
      message: `The key ${showValue(key)} is not known here.`,
      value: showValue(key),
      expected: 'a known key',
      next: 'Check its spelling, or remove it.',
    });
  }
  const { message, expected } = describeIssue(issue);
  return problem(code, {
    path,
    message: value === undefined ? `${last(path)} is missing.` : `${last(path)}: ${message}.`,
    value: value === undefined ? 'nothing' : showValue(value),
    expected,
    next: value === undefined ? `Give ${last(path)} a value.` : `Correct ${last(path)}.`,
  });
}

const last = (path: readonly (string | number)[]): string =>
  path.length === 0 ? 'The document' : showValue(path[path.length - 1]);

/** Of what a bound counts: a list that is "too small" would leave open what of it. */
const COUNTED: Readonly<Record<string, { unit: string; less: string; more: string }>> = {
  array: { unit: 'entr', less: 'too few entries', more: 'too many entries' },
  string: { unit: 'character', less: 'too short', more: 'too long' },
};

function amount(bound: number | bigint, of: string): string {
  const unit = COUNTED[of]?.unit;
  if (unit === undefined) return String(bound);
  if (unit === 'entr') return `${bound} ${bound === 1 ? 'entry' : 'entries'}`;
  return `${bound} ${unit}${bound === 1 ? '' : 's'}`;
}

/** zod's names of types, for people. */
const TYPE_WORDS: Readonly<Record<string, string>> = {
  array: 'a list, in [ ]',
  object: 'settings, in { }',
  record: 'settings, in { }',
  string: 'a text, in quotes',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

function describeIssue(issue: z.core.$ZodIssue): { message: string; expected: string } {
  const lower = issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
  switch (issue.code) {
    case 'invalid_type':
      return {
        message: 'wrong type',
        expected: TYPE_WORDS[issue.expected] ?? `a value of type ${issue.expected}`,
      };
    case 'invalid_value': {
      const values = issue.values.map((v) => showValue(v)).join(', ');
      const given = typeof issue.input === 'string' ? nearest(issue.input, issue.values.map(String)) : null;
      return {
        message: 'not one of the known values',
        expected: given === null ? `one of ${values}` : `one of ${values} (nearest: ${given})`,
      };
    }
    case 'too_small':
      return {
        message: COUNTED[issue.origin]?.less ?? 'too small',
        expected: `${issue.inclusive === false ? 'more than' : 'at least'} ${amount(issue.minimum, issue.origin)}`,
      };
    case 'too_big':
      return {
        message: COUNTED[issue.origin]?.more ?? 'too large',
        expected: `${issue.inclusive === false ? 'less than' : 'at most'} ${amount(issue.maximum, issue.origin)}`,
      };
    case 'invalid_union':
      return { message: 'fits none of the known shapes', expected: unionExpectation(issue) };
    case 'invalid_key':
      return {
        message: 'not a usable name',
        expected: issue.issues[0]?.message.replace(/^expected /, '') ?? 'a usable name',
      };
    default:
      return lower.startsWith('expected ')
        ? { message: 'not usable', expected: lower.slice('expected '.length) }
        : { message: lower, expected: 'a usable value' };
  }
}

function unionExpectation(issue: z.core.$ZodIssueInvalidUnion): string {
  if (typeof issue.discriminator === 'string') return `a known "${issue.discriminator}"`;
  return (
    issue.errors
      .map((branch) => branch[0]?.message ?? '')
      .filter((text) => text !== '')
      .join(', or ') || 'another shape'
  );
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}
