/** Document → checked graph: ids, ports, settings, schemas, circles. Pure; the studio calls it at every edit. */
import {
  type Endpoint,
  edgeId,
  type GraphDocument,
  type GraphNode,
  parseEndpoint,
} from '../contract/document.ts';
import { fromZod } from '../contract/parse.ts';
import { nearest, type Problem, problem, showValue } from '../contract/problems.ts';
import { type NodeSpec, type PortSpec, withPorts } from '../contract/spec.ts';
import type { EdgeSchema } from '../contract/types.ts';
import { SPECS } from '../specs.ts';
import { chaosProblems } from './chaos.ts';
import { type CheckedEdge, type CheckedGraph, type CheckedNode, hasErrors } from './graph.ts';
import { guaranteeProblems } from './guarantees.ts';
import { ledgerProblems } from './ledger.ts';
import { topological } from './topological.ts';
import { unalignedProblems } from './unaligned.ts';

interface ResolvedEdge {
  readonly id: string;
  readonly index: number;
  readonly from: { readonly node: string; readonly port: string };
  readonly to: { readonly node: string; readonly port: string };
}

/** Problems beyond this many come without the nearest name. */
const SUGGESTIONS_MAX = 100;

export function checkGraph(document: GraphDocument, specs: readonly NodeSpec[] = SPECS): CheckedGraph {
  const problems: Problem[] = [];
  const byType = new Map(specs.map((spec) => [spec.type, spec]));
  const known = new Map<string, { node: GraphNode; spec: NodeSpec }>();
  for (const [id, node] of Object.entries(document.nodes)) {
    const spec = byType.get(node.type);
    if (spec === undefined) problems.push(unknownType(id, node.type, byType.keys()));
    else known.set(id, { node, spec: withPorts(spec, node.config) });
  }
  const specFor = (id: string): NodeSpec | null => known.get(id)?.spec ?? null;
  const { edges, claimed } = resolveEdges(document, specFor, problems);
  const { order, cyclic } = topological([...known.keys()], edges);
  if (cyclic.length > 0) problems.push(cycle(cyclic, edges, document));
  if (![...known.values()].some(({ spec }) => spec.kind === 'source')) problems.push(noSource());

  const nodes = new Map<string, CheckedNode>();
  for (const id of order) {
    const entry = known.get(id);
    if (entry !== undefined)
      nodes.set(id, checkNode(id, entry.node, entry.spec, edges, claimed, nodes, problems));
  }
  const checkedEdges: CheckedEdge[] = edges.map((edge) => ({
    id: edge.id,
    from: edge.from,
    to: edge.to,
    schema: nodes.get(edge.from.node)?.outputs[edge.from.port] ?? null,
  }));
  const graph = { document, nodes, edges: checkedEdges, problems };
  const faults = document.settings?.chaos?.faults ?? [];
  problems.push(...chaosProblems(graph, faults, ['settings', 'chaos', 'faults']));
  // What a broken graph would give its sinks is idle talk.
  if (!hasErrors(problems))
    problems.push(...guaranteeProblems(graph), ...ledgerProblems(graph), ...unalignedProblems(graph));
  return graph;
}

function checkNode(
  id: string,
  node: GraphNode,
  spec: NodeSpec,
  edges: readonly ResolvedEdge[],
  claimed: ReadonlySet<string>,
  checked: ReadonlyMap<string, CheckedNode>,
  problems: Problem[],
): CheckedNode {
  const base = ['nodes', id, 'config'];
  const parsed = spec.config.safeParse(node.config);
  if (!parsed.success) problems.push(...fromZod(parsed.error, base, node.config));
  const config = parsed.success ? (parsed.data as Record<string, unknown>) : null;

  const inputs: Record<string, EdgeSchema[]> = {};
  let complete = true;
  let fitting = true;
  for (const port of spec.inputs) {
    const arriving = edges.filter((e) => e.to.node === id && e.to.port === port.name);
    const schemas = arriving.map((e) => checked.get(e.from.node)?.outputs[e.from.port] ?? null);
    inputs[port.name] = schemas.filter((s) => s !== null);
    if (arriving.length === 0 && !claimed.has(`${id}:${port.name}`))
      problems.push(missingInput(id, spec, port));
    if (arriving.length === 0 || schemas.includes(null)) complete = false;
    for (const [at, schema] of schemas.entries()) {
      if (schema?.changelog !== 'updating' || takesUpdates(port, config)) continue;
      fitting = false;
      problems.push(updatingEdge(id, spec, port, arriving[at]?.index ?? 0, schema));
    }
  }
  const nothing = Object.fromEntries(spec.outputs.map((port) => [port.name, null]));
  if (config === null || !complete || !fitting) return { id, spec, config, inputs, outputs: nothing };

  let failed = false;
  const outputs = spec.schemas({
    config,
    inputs,
    report: (found) => {
      if (found.severity === 'error') failed = true;
      problems.push({ ...found, path: [...base, ...found.path] });
    },
  });
  // A port whose schema is wrong would raise the same complaint again in every node below.
  return { id, spec, config, inputs, outputs: failed ? nothing : outputs };
}

const takesUpdates = (port: PortSpec, config: Readonly<Record<string, unknown>> | null): boolean =>
  port.changelog === 'any' ||
  (port.changelog !== undefined && config !== null && port.changelog.takesUpdates(config));

function updatingEdge(id: string, spec: NodeSpec, port: PortSpec, edge: number, schema: EdgeSchema): Problem {
  const keyed = schema.key === undefined ? '' : ` Its rows are told apart by ${schema.key.join(', ')}.`;
  return problem('G-CHANGELOG', {
    path: ['edges', edge, 'to'],
    message: `The edge is updating: its rows also take back and delete earlier ones, and ${spec.label} (${id}) only understands inserts.${keyed}`,
    value: 'updating',
    expected: 'an append-only edge',
    next:
      port.changelog !== undefined && port.changelog !== 'any'
        ? port.changelog.hint
        : `${port.appendOnlyHint ?? 'Put this node before the one that updates, use a window, whose results are final, in place of that one,'} or end in a sink that takes changes.`,
  });
}

function resolveEdges(
  document: GraphDocument,
  specFor: (id: string) => NodeSpec | null,
  problems: Problem[],
): { edges: ResolvedEdge[]; claimed: ReadonlySet<string> } {
  const resolved: ResolvedEdge[] = [];
  /** Inputs where an edge ends whose start is wrong: that was reported, and they do not lack an edge. */
  const claimed = new Set<string>();
  const taken = new Map<string, string>();
  document.edges.forEach((edge, index) => {
    const from = resolveEnd(document, parseEndpoint(edge.from), index, 'from', specFor, problems);
    const to = resolveEnd(document, parseEndpoint(edge.to), index, 'to', specFor, problems);
    if (from === null && to !== null) claimed.add(`${to.node}:${to.port}`);
    if (from === null || to === null) return;
    const end = `${to.node}:${to.port}`;
    const many = specFor(to.node)?.inputs.find((port) => port.name === to.port)?.many === true;
    const key = many ? `${from.node}:${from.port}→${end}` : end;
    const first = taken.get(key);
    if (first !== undefined) {
      problems.push(portTaken(index, edge.to, first, many));
      return;
    }
    taken.set(key, edge.from);
    resolved.push({ id: edgeId(edge), index, from, to });
  });
  return { edges: resolved, claimed };
}

function resolveEnd(
  document: GraphDocument,
  end: Endpoint,
  index: number,
  side: 'from' | 'to',
  specFor: (id: string) => NodeSpec | null,
  problems: Problem[],
): { node: string; port: string } | null {
  const path = ['edges', index, side];
  if (!Object.hasOwn(document.nodes, end.node)) {
    // Every look through all ids: not for each of ten thousand edges that a bad merge left.
    const near = problems.length < SUGGESTIONS_MAX ? nearest(end.node, Object.keys(document.nodes)) : null;
    problems.push(
      problem('G-EDGE', {
        path,
        message: `The edge ${side === 'from' ? 'starts' : 'ends'} at a node that does not exist.`,
        value: showValue(end.node),
        expected: near === null ? 'the id of a node' : `the id of a node (nearest: ${near})`,
        next: 'Correct the id, or remove the edge.',
      }),
    );
    return null;
  }
  const spec = specFor(end.node);
  if (spec === null) return null;
  const ports = side === 'from' ? spec.outputs : spec.inputs;
  const mains = ports.filter((port) => port.role === 'main');
  const port =
    end.port === null ? (mains.length === 1 ? mains[0] : undefined) : ports.find((p) => p.name === end.port);
  if (port !== undefined) return { node: end.node, port: port.name };
  const names = ports.map((p) => p.name).join(', ');
  problems.push(
    problem('G-EDGE', {
      path,
      message:
        ports.length === 0
          ? `A ${spec.kind} has no ${side === 'from' ? 'output' : 'input'}.`
          : end.port === null
            ? `The node has several ${side === 'from' ? 'outputs' : 'inputs'}, and the edge does not say which.`
            : `The node has no such ${side === 'from' ? 'output' : 'input'}.`,
      value: showValue(end.port === null ? end.node : `${end.node}:${end.port}`),
      expected: ports.length === 0 ? 'an edge the other way' : `one of the ports ${names}`,
      next:
        end.port === null && ports.length > 0
          ? `Write ${end.node}:${ports[0]?.name}, or another of the ports.`
          : 'Correct the port, or remove the edge.',
    }),
  );
  return null;
}

function unknownType(id: string, type: string, known: Iterable<string>): Problem {
  const names = [...known];
  const near = nearest(type, names);
  return problem('G-TYPE', {
    path: ['nodes', id, 'type'],
    message: 'The node has a type that this Weir does not know.',
    value: showValue(type),
    expected: near === null ? `one of ${names.join(', ')}` : `one of ${names.join(', ')} (nearest: ${near})`,
    next: 'Correct the type, or open the file with a newer Weir.',
  });
}

function portTaken(index: number, to: string, first: string, many: boolean): Problem {
  return problem('G-PORT-TAKEN', {
    path: ['edges', index, 'to'],
    message: many
      ? 'The same edge is there twice.'
      : `The input already takes the edge from ${showValue(first)}.`,
    value: showValue(to),
    expected: many ? 'every edge once' : 'one edge into this input',
    next: many ? 'Remove one of them.' : 'Remove one of the edges, or put a Union in front.',
  });
}

function missingInput(id: string, spec: NodeSpec, port: PortSpec): Problem {
  return problem('G-INPUT', {
    path: ['nodes', id],
    message:
      spec.inputs.length === 1 ? 'Nothing flows into this node.' : `Nothing flows into "${port.label}".`,
    expected: 'an edge that ends here',
    next: 'Drag an edge from an output to this node, or delete the node.',
  });
}

function cycle(nodes: readonly string[], edges: readonly ResolvedEdge[], document: GraphDocument): Problem {
  const inside = new Set(nodes);
  const edge = edges.find((e) => inside.has(e.from.node) && inside.has(e.to.node));
  return problem('G-CYCLE', {
    path: edge === undefined ? [] : ['edges', edge.index],
    message: `The edges form a circle through ${nodes.slice(0, 6).join(', ')}${nodes.length > 6 ? ', …' : ''}.`,
    ...(edge === undefined ? {} : { value: edgeId(document.edges[edge.index] ?? { from: '', to: '' }) }),
    expected: 'edges that lead from sources to sinks',
    next: 'Remove one edge of the circle.',
  });
}

function noSource(): Problem {
  return problem('G-EMPTY', {
    path: ['nodes'],
    message: 'The graph has no source.',
    expected: 'at least one source',
    next: 'Drag a source from the palette onto the canvas.',
  });
}
