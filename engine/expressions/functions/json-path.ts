/**
 * Paths into JSON, as SQL has them, on this subset: `lax` or `strict` (the default, as in Flink) in front; `$`, `.key`, `."any key"`,
 * `['key']`, `[0]`, `[*]` and `.*`. Filters, methods and ranges are refused.
 */
import { ExactNumber } from '../json-text.ts';
import { RowError } from '../row-error.ts';

export interface JsonPath {
  readonly lax: boolean;
  readonly steps: readonly Step[];
  /** Whether it may lead to several values. */
  readonly many: boolean;
}
type Step = { readonly key: string } | { readonly index: number } | { readonly all: 'elements' | 'members' };

/** What a path leads to; `missing`: nothing, and the path is strict. */
export type Found =
  | { readonly kind: 'values'; readonly values: readonly unknown[] }
  | { readonly kind: 'missing' };

const LENGTH_MAX = 1000;
const CACHE_MAX = 200;
const cache = new Map<string, JsonPath>();

/** Throws a RowError where the text is not a path. */
export function pathOf(text: string): JsonPath {
  let known = cache.get(text);
  if (known === undefined) {
    known = readPath(text);
    if (cache.size >= CACHE_MAX) cache.clear();
    cache.set(text, known);
  }
  return known;
}

const STEP =
  /\.(?<key>[\p{L}_][\p{L}\p{N}_-]*)|\."(?<quoted>(?:[^"\\]|\\.)*)"|\[\s*(?<index>\d{1,9})\s*\]|\[\s*'(?<single>[^']*)'\s*\]|\[\s*"(?<double>[^"]*)"\s*\]|(?<elements>\[\s*\*\s*\])|(?<members>\.\*)/uy;

function readPath(text: string): JsonPath {
  const refuse = (): RowError =>
    new RowError(`${JSON.stringify(text.slice(0, 60))} is not a path of JSON such as 'lax $.a.b[0]'`);
  const head = /^\s*(?:(lax|strict)\s+)?\$/i.exec(text);
  if (head === null || text.length > LENGTH_MAX) throw refuse();
  const steps: Step[] = [];
  const end = text.trimEnd().length;
  for (let at = head[0].length; at < end; ) {
    STEP.lastIndex = at;
    const step = STEP.exec(text)?.groups;
    if (step === undefined) throw refuse();
    at = STEP.lastIndex;
    const key = step['key'] ?? step['quoted']?.replace(/\\(.)/g, '$1') ?? step['single'] ?? step['double'];
    if (key !== undefined) steps.push({ key });
    else if (step['index'] !== undefined) steps.push({ index: Number(step['index']) });
    else steps.push({ all: step['elements'] === undefined ? 'members' : 'elements' });
  }
  return { lax: head[1]?.toLowerCase() === 'lax', steps, many: steps.some((s) => 'all' in s) };
}

const isObject = (json: unknown): json is Record<string, unknown> =>
  typeof json === 'object' && json !== null && !Array.isArray(json) && !(json instanceof ExactNumber);

/** In lax mode an array is looked through where a member is asked for, and any value is an array of itself. */
export function follow(json: unknown, { steps, lax }: JsonPath): Found {
  let values: readonly unknown[] = [json];
  for (const step of steps) {
    const next: unknown[] = [];
    for (const value of values) {
      const found = take(value, step, lax);
      if (found === null && !lax) return { kind: 'missing' };
      // Not by spreading: an array of a record may have more elements than a call has arguments.
      for (const one of found ?? []) next.push(one);
    }
    values = next;
  }
  return { kind: 'values', values };
}

function take(value: unknown, step: Step, lax: boolean): readonly unknown[] | null {
  if ('key' in step) {
    if (isObject(value)) return Object.hasOwn(value, step.key) ? [value[step.key]] : null;
    if (!lax || !Array.isArray(value)) return null;
    return value.flatMap((one) => (isObject(one) && Object.hasOwn(one, step.key) ? [one[step.key]] : []));
  }
  if ('index' in step) {
    if (Array.isArray(value)) return step.index < value.length ? [value[step.index]] : null;
    return lax && step.index === 0 ? [value] : null;
  }
  if (step.all === 'elements') return Array.isArray(value) ? value : lax ? [value] : null;
  return isObject(value) ? Object.values(value) : null;
}
