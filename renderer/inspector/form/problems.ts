/** Which problem belongs to which control. */
import type { Problem } from '../../../engine/contract/problems.ts';
import type { FormField } from './model.ts';
import { isRecord, type Path, pathKeyOf } from './values.ts';

/** The part of a problem's path inside the node's config, or null where it is about something else. */
export function configPath(problem: Problem, node: string): Path | null {
  const [root, id, config, ...rest] = problem.path;
  return root === 'nodes' && id === node && config === 'config' ? rest : null;
}

export const startsWith = (path: Path, start: Path): boolean => start.every((key, i) => path[i] === key);
export const samePath = (a: Path, b: Path): boolean => a.length === b.length && startsWith(a, b);

/** Whether a control with parts of their own shows problems of those parts itself. */
const hasParts = ({ shape }: FormField): boolean =>
  shape.kind === 'group' || shape.kind === 'list' || shape.kind === 'variants';

/**
 * The path of the control that shows a problem at `path`: the innermost one on the way. Null where no control is: the
 * problem then stands above the form.
 */
export function controlOf(fields: readonly FormField[], value: unknown, path: Path): Path | null {
  const [key, ...rest] = path;
  const field = fields.find((one) => one.key === key);
  if (key === undefined || field === undefined) return null;
  const inner = isRecord(value) ? value[key] : undefined;
  if (rest.length === 0 || !hasParts(field)) return [key];
  const below = innerControl(field, inner, rest);
  return below === null ? [key] : [key, ...below];
}

function innerControl({ shape }: FormField, value: unknown, path: Path): Path | null {
  switch (shape.kind) {
    case 'group':
      return controlOf(shape.fields, value, path);
    case 'variants': {
      const kind = isRecord(value) ? value['kind'] : undefined;
      const variant = shape.variants.find((one) => one.kind === kind);
      return variant === undefined ? null : controlOf(variant.fields, value, path);
    }
    case 'list': {
      const [index, ...rest] = path;
      if (typeof index !== 'number' || !Array.isArray(value)) return null;
      const below = controlOf(shape.item, value[index], rest);
      return below === null ? null : [index, ...below];
    }
    default:
      return null;
  }
}

export interface SortedProblems {
  /** By the printed path of the control. */
  readonly byControl: ReadonlyMap<string, readonly Problem[]>;
  /** Of the node, but of none of its controls. */
  readonly others: readonly Problem[];
}

/** Sorts a node's problems to the controls of its form. */
export function sortProblems(
  problems: readonly Problem[],
  node: string,
  fields: readonly FormField[],
  config: unknown,
): SortedProblems {
  const byControl = new Map<string, Problem[]>();
  const others: Problem[] = [];
  for (const one of problems) {
    if (one.path[0] !== 'nodes' || one.path[1] !== node) continue;
    const inner = configPath(one, node);
    const control = inner === null ? null : controlOf(fields, config, inner);
    if (control === null) others.push(one);
    else byControl.set(pathKeyOf(control), [...(byControl.get(pathKeyOf(control)) ?? []), one]);
  }
  return { byControl, others };
}
