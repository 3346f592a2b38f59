/** What every control of a form may ask and do. */
import { type ComponentType, createContext, useContext } from 'react';
import type { Sample } from '../../../engine/contract/link.ts';
import type { Problem } from '../../../engine/contract/problems.ts';
import type { SettingScope } from '../../../engine/contract/spec.ts';
import type { Field } from '../../../engine/contract/types.ts';
import type { Asked } from '../../connections/ask.ts';
import type { FormField } from './model.ts';
import type { Named } from './tokens.ts';
import { type Path, pathKeyOf } from './values.ts';

export interface FormContext {
  /** Draws settings inside of a setting. */
  readonly FieldList: ComponentType<{ fields: readonly FormField[]; path: Path }>;
  /** What expressions and field names of each scope may name. */
  readonly fields: Readonly<Record<SettingScope, readonly Field[]>>;
  /** Null: not known, so no name is called wrong. */
  readonly known: Readonly<Record<SettingScope, boolean>>;
  /** What an expression of a scope may name, as it is written. */
  names(scope: SettingScope): readonly Named[];
  functions(scope: SettingScope): readonly Named[];
  /** Of the row pattern, where the node has one. */
  readonly variables: readonly string[];
  /** Last records of each scope, where they are looked at and a run gave some. */
  readonly samples: Readonly<Record<SettingScope, Sample | null>>;
  value(path: Path): unknown;
  problems(path: Path): readonly Problem[];
  /** Undefined removes the setting. Changes at one path in quick succession are one step of undo. */
  change(path: Path, value: unknown): void;
  /** The gesture is over: the next change is a step of its own. */
  done(): void;
  /** Takes the source's fields from its data: what went wrong, or nothing; null where this node is no source that can be asked. */
  readonly infer: (() => Promise<readonly Problem[]>) | null;
  /** What to ask, now, for what this node could read; null where it is no source that can say. */
  readonly browsed: (() => Asked) | null;
}

export const Form = createContext<FormContext | null>(null);

export function useForm(): FormContext {
  const form = useContext(Form);
  if (form === null) throw new Error('outside of a form');
  return form;
}

/** An id for a control in the page, so that its label and what jumps to it find it. */
export const controlId = (path: Path): string => `setting ${pathKeyOf(path)}`.replaceAll(/[^\w-]+/g, '-');
