/** How the nodes of a graph may be spread over workers, as their runtimes say. */
import type { EdgeSchema } from '../../contract/types.ts';
import type { CheckedGraph, CheckedNode } from '../../plan/graph.ts';
import type { Spread } from '../../plan/parallelism.ts';
import type { Runtimes } from '../../runtimes.ts';
import type { StatefulRuntime } from '../contracts.ts';

type Config = Readonly<Record<string, unknown>>;

/** By input, the columns of the key that the operator's state is split by; null: it cannot be split, or need not. */
export function keysOf(
  runtime: StatefulRuntime<Config>,
  config: Config,
  inputs: readonly EdgeSchema[],
): readonly (readonly number[])[] | null {
  if (runtime.rowwise?.(config) === true) return null;
  const keys = runtime.partitionBy(config, inputs);
  // Rows are parted before anything is computed for the operator: so every worker computes for its own.
  const isOfInput = (own: readonly number[], at: number): boolean =>
    own.length > 0 && own.every((column) => column < (inputs[at]?.fields.length ?? 0));
  return keys?.every(isOfInput) === true ? keys : null;
}

export function spreadOf(node: CheckedNode, runtimes: Runtimes): Spread {
  if (node.spec.kind !== 'operator') return node.spec.kind;
  const runtime = runtimes.operators[node.spec.type];
  if (runtime === undefined) throw new Error(`no runtime for ${node.spec.type}`);
  if (runtime.kind === 'fused') return 'forward';
  if (runtime.kind === 'merge') return 'merge';
  if (runtime.rowwise?.(node.config ?? {}) === true) return 'forward';
  const inputs = node.spec.inputs.flatMap((port) => node.inputs[port.name]?.[0] ?? []);
  return keysOf(runtime, node.config ?? {}, inputs) === null ? 'single' : 'keyed';
}

/** Whether any state could be shared out at all. @param of which nodes; left out, of all */
export const hasKeyedWork = (
  graph: CheckedGraph,
  runtimes: Runtimes,
  of: (node: CheckedNode) => boolean = () => true,
): boolean => [...graph.nodes.values()].some((node) => of(node) && spreadOf(node, runtimes) === 'keyed');
