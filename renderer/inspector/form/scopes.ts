/** What the expressions and field names of a form may name, by the scope that their setting declares. Pure. */
import type { Sample } from '../../../engine/contract/link.ts';
import type { NodeSpec, SettingScope } from '../../../engine/contract/spec.ts';
import { type EdgeSchema, type Field, printType } from '../../../engine/contract/types.ts';
import { variablesOf } from '../../../engine/operators/pattern/language/program.ts';
import { parsePattern } from '../../../engine/operators/pattern/language/syntax.ts';
import { bothFields } from '../../../engine/plan/both-fields.ts';
import { bothSample } from './both-sample.ts';
import type { FormField } from './model.ts';
import { selfFields } from './self-fields.ts';
import { type Named, quoted } from './tokens.ts';
import { isRecord } from './values.ts';

export interface Scopes {
  readonly fields: Readonly<Record<SettingScope, readonly Field[]>>;
  readonly known: Readonly<Record<SettingScope, boolean>>;
  readonly samples: Readonly<Record<SettingScope, Sample | null>>;
  readonly variables: readonly string[];
}

export function scopesOf(
  spec: NodeSpec,
  form: readonly FormField[],
  config: unknown,
  {
    inputs,
    out,
    samples,
  }: {
    /** By port; null where it is not known. */
    readonly inputs: Readonly<Record<string, EdgeSchema | null>>;
    readonly out: EdgeSchema | null;
    /** Last records by input port; of the node's own output under `out`. */
    readonly samples: Readonly<Record<string, Sample | null>>;
  },
): Scopes {
  const first = spec.inputs[0]?.name ?? '';
  const input = inputs[first]?.fields;
  // Other nodes read a table of their own: what comes out of them is more than that.
  const self = selfFields(form, config, spec.kind === 'source' ? out : null);
  const left = inputs['left']?.fields;
  // The right side is the second input, or a table in the settings.
  const hasRight = spec.inputs.some(({ name }) => name === 'right');
  const right = hasRight ? inputs['right']?.fields : self.length > 0 ? self : undefined;
  const of = (port: string): Sample | null => samples[port] ?? null;
  return {
    fields: {
      input: input ?? [],
      self,
      left: left ?? [],
      right: right ?? [],
      both: bothFields(left ?? [], right ?? []),
      pattern: input ?? [],
    },
    known: {
      input: input !== undefined,
      self: self.length > 0,
      left: left !== undefined,
      right: right !== undefined,
      both: left !== undefined && right !== undefined,
      // Names with variables and what FIRST and LAST mean are known to the node's check alone.
      pattern: false,
    },
    samples: {
      input: of(first),
      self: of('out'),
      left: of('left'),
      right: of('right'),
      both: bothSample(of('left'), of('right')),
      pattern: null,
    },
    variables: patternVariables(form, config),
  };
}

/** The names that an expression of a scope may use, as they are written in it. */
export function namesOf({ fields, variables }: Scopes, scope: SettingScope): readonly Named[] {
  const plain = (list: readonly Field[]): Named[] =>
    list.map(({ name, type }) => ({ name, note: printType(type) }));
  const behind = (before: string, list: readonly Field[]): Named[] =>
    list.map(({ name, type }) => ({
      name: `${before}.${name}`,
      note: printType(type),
      text: `${quoted(before)}.${quoted(name)}`,
    }));
  if (scope === 'both') {
    // `left` and `right` are reserved in SQL, but not before a dot.
    return [...behindSide('left', fields.left), ...behindSide('right', fields.right)];
  }
  if (scope !== 'pattern') return plain(fields[scope]);
  return [...variables.flatMap((variable) => behind(variable, fields.input)), ...plain(fields.input)];
}

const behindSide = (side: 'left' | 'right', list: readonly Field[]): Named[] =>
  list.map(({ name, type }) => ({
    name: `${side}.${name}`,
    note: printType(type),
    text: sideName(side, name),
  }));

/** A field of a side, as conditions write it. */
export const sideName = (side: 'left' | 'right', name: string): string => `${side}.${quoted(name)}`;

/** The variables of the form's row pattern; of one that is half written, its names. */
function patternVariables(form: readonly FormField[], config: unknown): readonly string[] {
  const field = form.find(({ widget }) => widget === 'pattern');
  const text = field !== undefined && isRecord(config) ? config[field.key] : undefined;
  return typeof text === 'string' ? variablesIn(text) : [];
}

function variablesIn(text: string): readonly string[] {
  const parsed = parsePattern(text);
  if (parsed.ok) return variablesOf(parsed.pattern);
  return [...new Set(text.match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? [])];
}
