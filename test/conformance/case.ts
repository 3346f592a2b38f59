/** The neutral format, as far as a runner needs it. Read leniently: what is not understood makes a case unsupported, not broken. */
import { readFileSync } from 'node:fs';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export interface Case {
  readonly name: string;
  readonly file: string;
  readonly engine: string;
  readonly kind: string;
  readonly operator: JsonObject;
  readonly input: readonly JsonObject[];
  readonly expected: Expected;
}

export interface Expected {
  readonly mode: string;
  readonly order: string;
  readonly rows: readonly JsonObject[];
  readonly late: Json;
}

export type Outcome =
  | { readonly status: 'passed' }
  | { readonly status: 'failed'; readonly reason: string }
  /** Not tried, or other semantics: what the description asks for that Weir does not have. */
  | { readonly status: 'skipped'; readonly reason: string };

export const PASSED: Outcome = { status: 'passed' };
export const failed = (reason: string): Outcome => ({ status: 'failed', reason });
export const skipped = (reason: string): Outcome => ({ status: 'skipped', reason });

/** Thrown while a description is read: the case needs something that is not there. */
export class Unsupported extends Error {}

export function readCase(file: string): Case {
  const json = object(JSON.parse(readFileSync(file, 'utf8')) as Json);
  const expected = object(json['expected']);
  return {
    name: text(json['name']) || file,
    file,
    engine: text(json['engine']),
    kind: text(json['kind']),
    operator: object(json['operator']),
    input: list(json['input']).map(object),
    expected: {
      mode: text(expected['mode']),
      order: text(expected['order']),
      rows: list(expected['rows']).map(object),
      late: expected['late'] ?? null,
    },
  };
}

/** Whether a JSON file is a case at all: a folder may hold other files. */
export function looksLikeCase(file: string): boolean {
  const json = JSON.parse(readFileSync(file, 'utf8')) as Json;
  return isObject(json) && isObject(json['operator'] ?? null) && isObject(json['expected'] ?? null);
}

export const isObject = (json: Json): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json);
export const object = (json: Json | undefined): JsonObject =>
  json !== undefined && isObject(json) ? json : {};
export const list = (json: Json | undefined): readonly Json[] =>
  Array.isArray(json) ? (json as readonly Json[]) : [];
export const text = (json: Json | undefined): string => (typeof json === 'string' ? json : '');
export const show = (json: unknown): string => JSON.stringify(json) ?? String(json);

/** A number of ms; `">= 23000"` gives the bound itself. */
export function ms(json: Json | undefined, what: string): number {
  if (typeof json === 'number') return json;
  const found = typeof json === 'string' ? /^(?:>=\s*)?(-?\d+)$/.exec(json.trim())?.[1] : undefined;
  if (found === undefined) throw new Unsupported(`${what}: ${show(json ?? null)}`);
  return Number(found);
}

/** A time of a step: `MAX` and `MIN` are the ends of the 64-bit range, which mean no end. */
export function timeOf(json: Json | undefined, what = 'ts'): number {
  if (json === 'MAX') return Infinity;
  if (json === 'MIN' || json === null) return -Infinity;
  return ms(json, what);
}

/** Refuses what a description says beyond what is understood: it might change the result. */
export function onlyKeys(json: JsonObject, known: readonly string[], what: string): void {
  const unknown = Object.keys(json).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new Unsupported(`${what}.${unknown}: ${show(json[unknown])}`);
}
