/** Whether the state of a node still means what it meant: what of its settings and inputs changed, and whether its spec allows it. Pure. */
import type { KeptThrough, StateKeeping } from '../contract/keeping.ts';
import { showValue } from '../contract/problems.ts';
import { type NodeOrigin, readStream } from './origin.ts';

export interface StateChange {
  /** Below the node: `['config', 'window', 'size']`; of an input, `['inputs', 'in']`. */
  readonly path: readonly string[];
  readonly before: string;
  readonly after: string;
  /** As a clause: `size was "10 s" and is "20 s"`. */
  readonly text: string;
  readonly allowed: boolean;
  /** What would have been. */
  readonly expected: string;
}

type Config = Readonly<Record<string, unknown>>;

/** All that changed, in the order of the settings, then of the inputs. @param ports names of the input ports */
export function stateChanges(
  keeps: StateKeeping | undefined,
  before: NodeOrigin,
  after: NodeOrigin,
  ports: readonly string[],
): StateChange[] {
  const settings = differences(before.config, after.config, []).map((change) =>
    settingChange(keeps, change, after.config),
  );
  const inputs = after.inputs.flatMap((edges, port) => {
    const old = before.inputs[port]?.[0];
    const now = edges[0];
    const name = ports[port] ?? String(port);
    return old === undefined || now === undefined ? [] : inputChanges(keeps, name, old, now, after.config);
  });
  return [...settings, ...inputs];
}

interface Difference {
  readonly path: readonly string[];
  readonly before: unknown;
  readonly after: unknown;
}

/** As deep as both are objects; lists are taken as a whole. */
function differences(before: Config, after: Config, path: readonly string[]): Difference[] {
  return [...new Set([...Object.keys(after), ...Object.keys(before)])].flatMap((key): Difference[] => {
    const [a, b] = [before[key], after[key]];
    const own = [...path, key];
    if (isObject(a) && isObject(b)) return differences(a, b, own);
    return textOf(a) === textOf(b) ? [] : [{ path: own, before: a, after: b }];
  });
}

function settingChange(keeps: StateKeeping | undefined, change: Difference, config: Config): StateChange {
  const { path, before, after } = change;
  const rule = ruleOf(keeps, path);
  const [was, is] = [shown(before), shown(after)];
  return {
    path: ['config', ...path],
    before: was,
    after: is,
    text: `${path.join('.')} was ${was} and is ${is}`,
    allowed: keeps === 'anything' || (rule?.fits(before, after, config) ?? false),
    expected: rule === null || rule.when === '' ? was : `${was}, or a change ${rule.when}`,
  };
}

/** Of the setting, or of one that it is part of. */
function ruleOf(
  keeps: StateKeeping | undefined,
  path: readonly string[],
): KeptThrough['settings'][string] | null {
  if (keeps === undefined || keeps === 'anything') return null;
  for (let length = path.length; length > 0; length--) {
    const rule = keeps.settings[path.slice(0, length).join('.')];
    if (rule !== undefined) return rule;
  }
  return null;
}

function inputChanges(
  keeps: StateKeeping | undefined,
  port: string,
  old: readonly string[],
  now: readonly string[],
  config: Config,
): StateChange[] {
  const [before, after] = [readStream(old), readStream(now)];
  const path = ['inputs', port];
  const change = (was: string, is: string, text: string, allowed: boolean): StateChange => ({
    path,
    before: was,
    after: is,
    text: `${text} (input ${port})`,
    allowed: allowed || keeps === 'anything',
    expected: was,
  });
  const mayChange = keeps !== 'anything' && (keeps?.fieldsMayChange?.(config) ?? false);
  const found: StateChange[] = [];
  for (const [name, type] of before.fields) {
    const is = after.fields.get(name);
    if (is === undefined)
      found.push(change(`${name} ${type}`, 'no such field', `the field ${name} is gone`, mayChange));
    else if (is !== type)
      found.push(
        change(`${name} ${type}`, `${name} ${is}`, `the field ${name} was ${type} and is ${is}`, false),
      );
  }
  for (const [name, type] of after.fields)
    if (!before.fields.has(name))
      found.push(change('no such field', `${name} ${type}`, `the field ${name} is new`, mayChange));
  if (found.length === 0 && [...before.fields.keys()].join('\n') !== [...after.fields.keys()].join('\n'))
    found.push(
      change(listed(before.fields), listed(after.fields), 'the fields come in another order', mayChange),
    );
  if (before.traits !== after.traits) {
    const [was, is] = [before.traits, after.traits].map((traits) => (traits === '' ? 'append-only' : traits));
    found.push(change(was ?? '', is ?? '', `the stream was ${was} and is ${is}`, false));
  }
  return found;
}

const listed = (fields: ReadonlyMap<string, string>): string => [...fields.keys()].join(', ');

const isObject = (value: unknown): value is Config =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** However its keys are ordered. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  ) ?? 'undefined';

const shown = (value: unknown): string => (value === undefined ? 'left out' : showValue(value));
