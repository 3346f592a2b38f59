/** How a checked graph would run: the physical plan as data, and as text for people. */
import { type EdgeSchema, printType } from '../contract/types.ts';
import type { Checked } from '../expressions/api.ts';
import type { CheckedGraph, CheckedNode } from '../plan/graph.ts';
import { asksForCheckpoints, guaranteesOf, type SinkGuarantee } from '../plan/guarantees.ts';
import { RUNTIMES } from '../runtimes.ts';
import { FusedChain } from './chain/chain.ts';
import { computedStep } from './chain/computed.ts';
import { chainsOf } from './chain/members.ts';
import type { OperatorRuntime } from './contracts.ts';
import { planRun } from './parallel/plan-run.ts';

type Config = Readonly<Record<string, unknown>>;

export interface ExplainedPlan {
  readonly nodes: readonly ExplainedNode[];
  readonly edges: readonly ExplainedEdge[];
  /** Operators that run as one function, and its text; also what is computed in front of operators with state. */
  readonly chains: readonly { readonly nodes: readonly string[]; readonly code: string }[];
  /** What each sink really gets. */
  readonly guarantees: readonly SinkGuarantee[];
  /** Whether that is with checkpoints. */
  readonly checkpoints: boolean;
  /** Worker threads, and the parts into which keyed state is cut. */
  readonly parallelism: number;
  readonly maxParallelism: number;
}

export interface ExplainedNode {
  readonly id: string;
  readonly type: string;
  readonly summary: string;
  /** `source`, `fused` (part of a chain), `stateful`, `merge` or `sink`. */
  readonly runs: 'source' | OperatorRuntime<Config>['kind'] | 'sink';
  /** Fused: index in `chains`. */
  readonly chain: number | null;
  /** The workers that run it, from 0. */
  readonly workers: readonly number[];
  /** Stateful: by input, the fields (or computed columns) that its state is split by; null: one subtask holds all. */
  readonly splitBy: readonly (readonly string[])[] | null;
  /** Stateful: what else is decided about how it runs, for people. */
  readonly choices: readonly string[];
}

export interface ExplainedEdge {
  readonly from: string;
  readonly to: string;
  readonly changelog: EdgeSchema['changelog'];
  /** Of an updating edge, where it is known. */
  readonly key: readonly string[] | null;
  readonly eventTime: boolean;
  readonly fields: readonly { readonly name: string; readonly type: string; readonly nullable: boolean }[];
}

/**
 * @param graph without errors
 * @param checkpoints whether the run would take any; left out, as the document says
 * @param parallelism workers; left out, as the document says
 */
export function explain(
  graph: CheckedGraph,
  checkpoints: boolean = asksForCheckpoints(graph.document.settings),
  parallelism: number = graph.document.settings?.parallelism ?? 1,
): ExplainedPlan {
  const { hosts, slices } = planRun(graph, RUNTIMES, { workers: parallelism, restored: null, checkpoints });
  const runtimeOf = (node: CheckedNode): OperatorRuntime<Config> => {
    const runtime = RUNTIMES.operators[node.spec.type];
    if (runtime === undefined) throw new Error(`no runtime for ${node.spec.type}`);
    return runtime;
  };
  const chains = chainsOf(graph, runtimeOf).map((members) => ({
    nodes: members.map((m) => m.node.id),
    code: new FusedChain(
      inputOf(members[0]?.node).fields,
      members.map(({ node, runtime }) => runtime.step(node.config ?? {}, inputOf(node))),
    ).text,
  }));
  const nodes = [...graph.nodes.values()].map((node): ExplainedNode => {
    const at = chains.findIndex((c) => c.nodes.includes(node.id));
    const runtime = node.spec.kind === 'operator' ? runtimeOf(node) : null;
    if (runtime?.kind === 'stateful') chains.push(...computing(node, runtime));
    return {
      id: node.id,
      type: node.spec.type,
      summary: node.spec.summarize(node.config ?? {}),
      runs: runtime === null ? (node.spec.kind as 'source' | 'sink') : runtime.kind,
      chain: at < 0 ? null : at,
      workers: hosts.get(node.id) ?? [0],
      splitBy: runtime?.kind === 'stateful' ? splitBy(node, runtime) : null,
      choices:
        runtime?.kind === 'stateful' ? (runtime.choices?.(node.config ?? {}, inputsOf(node)) ?? []) : [],
    };
  });
  const guarantees = guaranteesOf(graph, checkpoints);
  return {
    nodes,
    edges: graph.edges.flatMap(explainEdge),
    chains,
    guarantees,
    checkpoints,
    parallelism,
    maxParallelism: slices,
  };
}

function inputOf(node: CheckedNode | undefined): EdgeSchema {
  const schema = node?.inputs[node.spec.inputs[0]?.name ?? 'in']?.[0];
  if (schema === undefined) throw new Error(`no input of ${node?.id}`);
  return schema;
}

const inputsOf = (node: CheckedNode): EdgeSchema[] =>
  node.spec.inputs.flatMap((port) => node.inputs[port.name]?.[0] ?? []);

type Stateful = Extract<OperatorRuntime<Config>, { kind: 'stateful' }>;

function computing(node: CheckedNode, runtime: Stateful): { nodes: string[]; code: string }[] {
  const inputs = inputsOf(node);
  return runtime.needs(node.config ?? {}, inputs).flatMap((needs: readonly Checked[], at) => {
    const input = inputs[at];
    if (needs.length === 0 || input === undefined) return [];
    const port = inputs.length === 1 ? 'needs' : `${node.spec.inputs[at]?.name}-needs`;
    return [
      {
        nodes: [`${node.id}-${port}`],
        code: new FusedChain(input.fields, [computedStep(input.fields, needs)]).text,
      },
    ];
  });
}

function splitBy(node: CheckedNode, runtime: Stateful): string[][] | null {
  const inputs = inputsOf(node);
  const columns = runtime.partitionBy(node.config ?? {}, inputs);
  return (
    columns?.map((own, at) => own.map((index) => inputs[at]?.fields[index]?.name ?? 'a computed column')) ??
    null
  );
}

function explainEdge(edge: CheckedGraph['edges'][number]): ExplainedEdge[] {
  const { from, to, schema } = edge;
  if (schema === null) return [];
  return [
    {
      from: `${from.node}:${from.port}`,
      to: `${to.node}:${to.port}`,
      changelog: schema.changelog,
      key: schema.key ?? null,
      eventTime: schema.eventTime,
      fields: schema.fields.map((f) => ({ name: f.name, type: printType(f.type), nullable: f.nullable })),
    },
  ];
}

export function printPlan(plan: ExplainedPlan): string {
  const lines = plan.nodes.flatMap((node) => [
    `${node.id}  (${node.type})  ${node.summary}`,
    `    ${howItRuns(node, plan)}${whereItRuns(node, plan)}`,
    ...node.choices.map((line) => `    ${line}`),
    ...plan.guarantees.filter((g) => g.sink === node.id).map(printGuarantee),
    ...[...Map.groupBy(edgesFrom(plan, node), (e) => e.from).values()].flatMap(printPort),
    '',
  ]);
  return lines.join('\n').trimEnd();
}

const printGuarantee = ({ guarantee, why }: SinkGuarantee): string =>
  `    ${guarantee === 'none' ? 'no guarantee' : guarantee}: ${why}`;

function howItRuns(node: ExplainedNode, plan: ExplainedPlan): string {
  switch (node.runs) {
    case 'fused': {
      const members = plan.chains[node.chain ?? -1]?.nodes ?? [node.id];
      return members.length === 1
        ? 'fused: one generated function'
        : `fused: one generated function with ${members.filter((id) => id !== node.id).join(', ')}`;
    }
    case 'stateful':
      return node.splitBy === null
        ? 'with state, all of it in one subtask'
        : `with state, split by ${node.splitBy.map((by) => by.join(', ')).join(' and ')}`;
    case 'merge':
      return 'merges its inputs';
    default:
      return node.runs;
  }
}

/** Nothing where there is one worker. */
function whereItRuns(
  { workers, splitBy }: ExplainedNode,
  { parallelism, maxParallelism }: ExplainedPlan,
): string {
  if (parallelism === 1) return '';
  if (workers.length === 1) return `, on worker ${(workers[0] ?? 0) + 1} of ${parallelism}`;
  const parts = splitBy === null ? '' : `, in ${maxParallelism} parts`;
  return `, on ${workers.length} workers${parts}`;
}

const edgesFrom = (plan: ExplainedPlan, node: ExplainedNode): ExplainedEdge[] =>
  plan.edges.filter((e) => e.from.startsWith(`${node.id}:`));

/** The edges of one port carry the same. */
function printPort(edges: readonly ExplainedEdge[]): string[] {
  const [edge] = edges;
  if (edge === undefined) return [];
  const mode =
    edge.changelog === 'append'
      ? 'append-only'
      : `updating${edge.key === null ? '' : ` by ${edge.key.join(', ')}`}`;
  const port = edge.from.slice(edge.from.indexOf(':') + 1);
  return [
    `    ${port === 'out' ? '' : `${port} `}→ ${edges.map((e) => e.to).join(', ')}  ${mode}${edge.eventTime ? ', with event time' : ''}`,
    `        ${edge.fields.map((f) => `${f.name} ${f.type}${f.nullable ? '' : ' NOT NULL'}`).join(', ')}`,
  ];
}
