/** What checking a document gives: every node with its spec, settings and schemas, and all problems found. */
import type { GraphDocument } from '../contract/document.ts';
import type { Problem } from '../contract/problems.ts';
import type { NodeSpec } from '../contract/spec.ts';
import type { EdgeSchema } from '../contract/types.ts';

export interface CheckedEdge {
  /** `edgeId` of the document's edge. */
  readonly id: string;
  readonly from: { readonly node: string; readonly port: string };
  readonly to: { readonly node: string; readonly port: string };
  /** Null where it cannot be known because of a problem further up. */
  readonly schema: EdgeSchema | null;
}

export interface CheckedNode {
  readonly id: string;
  /** With the ports that its settings give it. */
  readonly spec: NodeSpec;
  /** Validated settings with defaults; null where they have problems. */
  readonly config: Readonly<Record<string, unknown>> | null;
  /** By input port, what arrives there (schemas that are known). */
  readonly inputs: Readonly<Record<string, readonly EdgeSchema[]>>;
  /** By output port. */
  readonly outputs: Readonly<Record<string, EdgeSchema | null>>;
}

export interface CheckedGraph {
  readonly document: GraphDocument;
  /** In topological order (sources first); nodes of unknown type and nodes on a circle are missing. */
  readonly nodes: ReadonlyMap<string, CheckedNode>;
  readonly edges: readonly CheckedEdge[];
  readonly problems: readonly Problem[];
}

export const hasErrors = (problems: readonly Problem[]): boolean =>
  problems.some((p) => p.severity === 'error');
