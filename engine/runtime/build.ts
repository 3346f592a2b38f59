/**
 * Checked graph → tasks connected by ports. Stateless operators in a row become one chain; everything else is a task of its own.
 * Built from the sinks upwards, so that every port finds its receivers.
 */
import { join } from 'node:path';
import { type Batch, NO_WATERMARK } from '../batch/batch.ts';
import { DEAD_LETTER_SCHEMA } from '../contract/dead-letter.ts';
import type { RunSettings } from '../contract/document.ts';
import type { TimeSettings } from '../contract/settings.ts';
import type { EdgeSchema } from '../contract/types.ts';
import type { Checked } from '../expressions/api.ts';
import type { CheckedEdge, CheckedGraph, CheckedNode } from '../plan/graph.ts';
import type { Runtimes } from '../runtimes.ts';
import { EdgeStats, NodeStats } from '../telemetry/stats.ts';
import { computedStep } from './chain/computed.ts';
import { chainEndingAt } from './chain/members.ts';
import { spoil } from './chaos/bad-records.ts';
import type { Injection } from './chaos/injection.ts';
import type { Clock } from './clock.ts';
import type { DeadLetter, FusedRuntime, NodeContext, OperatorRuntime, Sink } from './contracts.ts';
import { DeadLetters } from './dead-letters.ts';
import { Lateness } from './evidence/lateness.ts';
import { creating, type OwnSlices } from './parallel/creating.ts';
import type { Part } from './parallel/part.ts';
import { keysOf } from './parallel/spread.ts';
import { OutPort, type Receiver } from './port.ts';
import { nodeSeed } from './random.ts';
import { type ChainMember, ChainTask } from './tasks/chain-task.ts';
import { MergeTask } from './tasks/merge-task.ts';
import { SinkTask } from './tasks/sink-task.ts';
import { SourceTask } from './tasks/source-task.ts';
import { StatefulTask } from './tasks/stateful-task.ts';

export interface BuildOptions {
  readonly runtimes: Runtimes;
  readonly clock: Clock;
  readonly seed: number;
  readonly baseDir: string;
  readonly batchRows: number;
  readonly onBadRecord: NonNullable<RunSettings['onBadRecord']>;
  readonly signal: AbortSignal;
  /** Where the run's checkpoints are; null: it takes none. */
  readonly checkpointFolder?: string | null;
  /** Failures that are asked for. */
  readonly chaos?: Injection | null;
  /** Into which keyed state is cut, and those that run here; left out: it is whole. */
  readonly slices?: OwnSlices;
  /** Of several workers, what this one runs; null: there are no others. */
  readonly part?: Part | null;
  log(level: 'info' | 'warning' | 'error', node: string | null, text: string): void;
  /** Called when a sink has room again, finished or failed. */
  wake(): void;
}

export interface BuiltGraph {
  readonly sources: readonly SourceTask[];
  readonly sinks: readonly SinkTask[];
  readonly stateful: readonly StatefulTask[];
  readonly merges: readonly MergeTask[];
  readonly chains: readonly ChainTask[];
  /** By `node:port`. Ports inside a chain have no port object: see `ChainTask.lastInput`. */
  readonly ports: ReadonlyMap<string, OutPort>;
  readonly deadLetters: readonly DeadLetters[];
  /** By node with a late port, how late its records are. */
  readonly lateness: ReadonlyMap<string, Lateness>;
  readonly nodes: readonly NodeStats[];
  readonly edges: readonly EdgeStats[];
  /** Into which keyed state is cut; 1: it is whole. */
  readonly slices: number;
}

export function buildGraph(graph: CheckedGraph, options: BuildOptions): BuiltGraph {
  return new Builder(graph, options).build();
}

/** Ends the errors port of an operator when its last input has ended. */
class OpenInputs {
  #open: number;
  readonly #letters: DeadLetters;

  constructor(count: number, letters: DeadLetters) {
    this.#open = count;
    this.#letters = letters;
  }

  closing(to: Receiver): Receiver {
    return {
      batch: (batch) => to.batch(batch),
      watermark: (time) => to.watermark(time),
      idle: (idle) => to.idle(idle),
      end: () => {
        to.end();
        if (--this.#open === 0) this.#letters.end();
      },
    };
  }
}

/** A run only starts from a graph without errors, so what is missing here is a fault of ours. */
function must<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`checked graph lacks ${what}`);
  return value;
}

class Builder {
  readonly #graph: CheckedGraph;
  readonly #options: BuildOptions;
  readonly #stats: Map<string, NodeStats>;
  readonly #edges: Map<string, EdgeStats>;
  readonly #ports = new Map<string, OutPort>();
  /** By `node:port`, the input of each node that was built. Merges make one per edge. */
  readonly #receivers = new Map<string, (edge: CheckedEdge) => Receiver>();
  readonly #sources: SourceTask[] = [];
  readonly #sinks = new Map<string, SinkTask>();
  readonly #stateful: StatefulTask[] = [];
  readonly #merges: MergeTask[] = [];
  readonly #chains: ChainTask[] = [];
  readonly #letters: DeadLetters[] = [];
  readonly #lateness = new Map<string, Lateness>();

  constructor(graph: CheckedGraph, options: BuildOptions) {
    this.#graph = graph;
    this.#options = options;
    this.#stats = new Map([...graph.nodes.keys()].map((id) => [id, new NodeStats(id)]));
    this.#edges = new Map(graph.edges.map((e) => [e.id, new EdgeStats(e.id)]));
  }

  build(): BuiltGraph {
    const fused = new Set<string>();
    for (const node of [...this.#graph.nodes.values()].reverse()) {
      if (this.#part?.hosts(node.id) === false) continue;
      if (node.spec.kind === 'sink') this.#buildSink(node);
      else if (node.spec.kind === 'operator') this.#buildOperator(node, fused);
      else this.#buildSource(node);
    }
    return {
      sources: this.#sources.reverse(),
      sinks: [...this.#sinks.values()],
      stateful: this.#stateful,
      merges: this.#merges,
      chains: this.#chains,
      ports: this.#ports,
      deadLetters: this.#letters,
      lateness: this.#lateness,
      nodes: [...this.#stats.values()],
      edges: [...this.#edges.values()],
      slices: this.#options.slices?.all ?? 1,
    };
  }

  get #part(): Part | null {
    return this.#options.part ?? null;
  }

  /** The end of an edge, as the node above finds it: on this thread, or by way of what parts rows over several. */
  #into(edge: CheckedEdge | undefined, to: Receiver, keys: readonly number[] | null = null): Receiver {
    return this.#part === null ? to : this.#part.connect(must(edge, 'edge'), to, keys);
  }

  #edgeInto(node: CheckedNode, port: string): CheckedEdge | undefined {
    return this.#graph.edges.find((e) => e.to.node === node.id && e.to.port === port);
  }

  #context(node: CheckedNode): NodeContext<Readonly<Record<string, unknown>>> {
    const { clock, seed, baseDir, signal, batchRows, log } = this.#options;
    return {
      nodeId: node.id,
      config: must(node.config, `settings of ${node.id}`),
      clock,
      seed: nodeSeed(seed, node.id),
      baseDir,
      signal,
      batchRows,
      log: (level, text) => log(level, node.id, text),
    };
  }

  #statsOf(id: string): NodeStats {
    return must(this.#stats.get(id), `node ${id}`);
  }

  #edgesFrom(node: string, port: string): CheckedEdge[] {
    return this.#graph.edges.filter((e) => e.from.node === node && e.from.port === port);
  }

  /** The port, connected to everything that it leads to. */
  #port(node: CheckedNode, name: string, schema: EdgeSchema | null): OutPort {
    const role = node.spec.outputs.find((spec) => spec.name === name)?.role;
    const isSeldom = role === 'late' || (role === 'main' && node.spec.hasPanes === true);
    const port = new OutPort(
      node.id,
      name,
      schema ?? DEAD_LETTER_SCHEMA,
      this.#options.clock,
      isSeldom ? 0 : undefined,
    );
    for (const edge of this.#edgesFrom(node.id, name)) {
      const own = this.#receivers.get(`${edge.to.node}:${edge.to.port}`)?.(edge);
      const receiver = must(own ?? this.#part?.connect(edge, null), `input ${edge.to.node}`);
      port.connect(receiver, must(this.#edges.get(edge.id), `edge ${edge.id}`), edge.to.node);
    }
    this.#ports.set(`${node.id}:${name}`, port);
    return port;
  }

  #errorPort(node: CheckedNode): OutPort | null {
    const spec = node.spec.outputs.find((p) => p.role === 'dead-letter');
    return spec === undefined ? null : this.#port(node, spec.name, DEAD_LETTER_SCHEMA);
  }

  #deadLetters(node: CheckedNode, port: OutPort | null): DeadLetters {
    const letters = new DeadLetters(port, this.#statsOf(node.id), this.#options.onBadRecord === 'fail');
    this.#letters.push(letters);
    return letters;
  }

  #buildSink(node: CheckedNode): void {
    const runtime = must(this.#options.runtimes.sinks[node.spec.type], `sink ${node.spec.type}`);
    const [port] = node.spec.inputs;
    const name = must(port, 'input of a sink').name;
    const input = must(node.inputs[name]?.[0], `input of ${node.id}`);
    const edge = this.#graph.edges.find((e) => e.to.node === node.id);
    const { checkpointFolder = null, chaos = null } = this.#options;
    const checkpointed = checkpointFolder !== null;
    const files = chaos?.files(node.id) ?? null;
    const create = (): Sink =>
      runtime.create({
        ...this.#context(node),
        ...this.#keptBy(node, 'sinks'),
        ...(files === null ? {} : { files }),
        input,
        checkpointed,
      });
    const created = create();
    const sink = chaos?.sink(node.id, created) ?? created;
    const edgeStats = must(this.#edges.get(edge?.id ?? ''), `edge to ${node.id}`);
    const task = new SinkTask(
      sink,
      create,
      this.#statsOf(node.id),
      edgeStats,
      this.#options.clock,
      checkpointed,
      this.#options.wake,
    );
    this.#sinks.set(node.id, task);
    const receiver = this.#into(edge, this.#mayFail(node, task));
    this.#receivers.set(`${node.id}:${name}`, () => receiver);
  }

  /** The input of a node, with the failures that are injected there. */
  #mayFail(node: CheckedNode, to: Receiver): Receiver {
    return this.#options.chaos?.receiver(node.id, to) ?? to;
  }

  #operatorRuntime(node: CheckedNode): OperatorRuntime<Readonly<Record<string, unknown>>> {
    return must(this.#options.runtimes.operators[node.spec.type], `operator ${node.spec.type}`);
  }

  #buildOperator(node: CheckedNode, fused: Set<string>): void {
    if (fused.has(node.id)) return;
    const runtime = this.#operatorRuntime(node);
    if (runtime.kind === 'merge') this.#buildMerge(node);
    else if (runtime.kind === 'stateful') this.#buildStateful(node, runtime);
    else this.#buildChain(node, runtime, fused);
  }

  #buildMerge(node: CheckedNode): void {
    const [port] = node.spec.inputs;
    const name = must(port, 'input of a merge').name;
    const out = this.#port(node, 'out', must(node.outputs['out'], `output of ${node.id}`));
    const edges = this.#graph.edges.filter((e) => e.to.node === node.id);
    const task = new MergeTask(edges.length, this.#statsOf(node.id), out);
    this.#merges.push(task);
    const fields = must(node.outputs['out'], `output of ${node.id}`).fields;
    const inputs = new Map(
      edges.map((edge, at) => {
        const own = task.input(at, must(edge.schema, `schema of ${edge.id}`).fields, fields);
        return [edge.id, this.#into(edge, this.#mayFail(node, own))];
      }),
    );
    this.#receivers.set(`${node.id}:${name}`, (edge) => must(inputs.get(edge.id), `input ${edge.id}`));
  }

  #buildStateful(
    node: CheckedNode,
    runtime: Extract<OperatorRuntime<Readonly<Record<string, unknown>>>, { kind: 'stateful' }>,
  ): void {
    const inputs = node.spec.inputs.map((port) => must(node.inputs[port.name]?.[0], `input of ${node.id}`));
    const stats = this.#statsOf(node.id);
    const letters = this.#deadLetters(node, this.#errorPort(node));
    const ports = new Map<string, OutPort>();
    const outputs: Record<string, EdgeSchema> = {};
    const mains = new Set<string>();
    for (const spec of node.spec.outputs) {
      if (spec.role === 'dead-letter') continue;
      const schema = must(node.outputs[spec.name], `output ${spec.name} of ${node.id}`);
      outputs[spec.name] = schema;
      if (spec.role === 'main') mains.add(spec.name);
      if (spec.role === 'late') this.#lateness.set(node.id, new Lateness());
      ports.set(spec.name, this.#port(node, spec.name, schema));
    }
    const lateness = this.#lateness.get(node.id);
    const late = node.spec.outputs.find((port) => port.role === 'late')?.name;
    const context = this.#context(node);
    const operatorContext = {
      ...context,
      inputs,
      input: must(inputs[0], `input of ${node.id}`),
      outputs,
      output: outputs['out'] ?? must(Object.values(outputs)[0], `output of ${node.id}`),
      emit: (name: string, batch: Batch) => {
        if (mains.has(name)) stats.recordsOut += batch.count;
        else if (name === late) lateness?.add(batch);
        ports.get(name)?.batch(batch);
      },
      reject: (rows: readonly DeadLetter[]) => letters.send(rows, this.#options.clock.now()),
    };
    const create = creating(runtime, operatorContext, this.#options.slices);
    const task = new StatefulTask(inputs.length, create, stats, [...ports.values()]);
    this.#stateful.push(task);
    const needs = runtime.needs(context.config, inputs);
    const open = new OpenInputs(inputs.length, letters);
    const keys = keysOf(runtime, context.config, inputs);
    node.spec.inputs.forEach((port, at) => {
      const own = needs[at] ?? [];
      const receiver = open.closing(task.input(at));
      const first =
        own.length === 0
          ? receiver
          : this.#computing(must(inputs[at], 'input'), own, receiver, node, letters);
      const edge = this.#edgeInto(node, port.name);
      const input = this.#into(edge, this.#mayFail(node, first), keys?.[at] ?? null);
      this.#receivers.set(`${node.id}:${port.name}`, () => input);
    });
  }

  /** A chain in front of an input of a stateful operator that computes the columns it needs beside the input's. */
  #computing(
    input: EdgeSchema,
    needs: readonly Checked[],
    to: Receiver,
    node: CheckedNode,
    letters: DeadLetters,
  ): ChainTask {
    const stats = this.#statsOf(node.id);
    const member: ChainMember = {
      step: computedStep(input.fields, needs),
      // Its rows are the operator's own: only what fails here is counted, as what never gets to the operator.
      stats: new NodeStats(node.id),
      deadLetters: {
        send: (rows, now) => {
          stats.recordsIn += rows.length;
          letters.send(rows, now);
        },
        end: () => {},
      },
      passed: () => {},
    };
    return new ChainTask(input.fields, [member], to, this.#options.clock);
  }

  #buildChain(
    first: CheckedNode,
    runtime: FusedRuntime<Readonly<Record<string, unknown>>>,
    fused: Set<string>,
  ): void {
    // Nodes come from the sinks upwards, so `first` is the end of a chain.
    const nodes = chainEndingAt(
      this.#graph,
      { node: first, runtime },
      (node) => this.#operatorRuntime(node),
      // Where records are counted, they must be there.
      (node) => this.#options.chaos?.fails(node.id) ?? false,
    );
    for (const { node } of nodes) fused.add(node.id);
    const out = this.#port(first, 'out', must(first.outputs['out'], `output of ${first.id}`));
    const members = nodes.map(({ node, runtime: own }): ChainMember => {
      const input = must(node.inputs['in']?.[0], `input of ${node.id}`);
      const inner = node === first ? null : must(this.#edgesFrom(node.id, 'out')[0], 'inner edge');
      const edge = inner === null ? null : must(this.#edges.get(inner.id), `edge ${inner.id}`);
      return {
        step: own.step(must(node.config, `settings of ${node.id}`), input),
        stats: this.#statsOf(node.id),
        deadLetters: this.#deadLetters(node, this.#errorPort(node)),
        passed: (rows) => {
          if (edge !== null) edge.records += rows;
        },
      };
    });
    const [head] = nodes;
    const top = must(head, 'chain').node;
    const task = new ChainTask(
      must(top.inputs['in']?.[0], 'chain input').fields,
      members,
      out,
      this.#options.clock,
    );
    this.#chains.push(task);
    const receiver = this.#into(this.#edgeInto(top, 'in'), this.#mayFail(top, task));
    this.#receivers.set(`${top.id}:in`, () => receiver);
  }

  #buildSource(node: CheckedNode): void {
    const runtime = must(this.#options.runtimes.sources[node.spec.type], `source ${node.spec.type}`);
    const main = must(
      node.spec.outputs.find((p) => p.role === 'main'),
      'main output of a source',
    );
    const schema = must(node.outputs[main.name], `output of ${node.id}`);
    const errors = this.#errorPort(node);
    const context = this.#context(node);
    const stats = this.#statsOf(node.id);
    stats.watermark = NO_WATERMARK;
    const stampArrival = context.config['arrival'] !== undefined && runtime.stampsArrival !== true;
    const own = stampArrival ? schema.fields.slice(0, -1) : schema.fields;
    const chaos = this.#options.chaos ?? null;
    const badChance = chaos?.badChance(node.id) ?? 0;
    const badSeed = chaos?.seedOf(`bad:${node.id}`) ?? 0;
    const task = new SourceTask({
      source: runtime.create({ ...context, ...this.#keptBy(node, 'sources'), fields: own }),
      fields: schema.fields,
      stampArrival,
      time: runtime.time?.(context.config) ?? (context.config['time'] as TimeSettings | undefined) ?? null,
      stats,
      out: this.#port(node, main.name, schema),
      errors,
      deadLetters: this.#deadLetters(node, errors),
      clock: this.#options.clock,
      stampRows: this.#below(node.id).some(
        (n) => n.spec.kind === 'operator' && this.#operatorRuntime(n).kind !== 'fused',
      ),
      sinks:
        this.#part?.gatesFrom(node.id, this.#sinks) ??
        this.#below(node.id).flatMap((n) => this.#sinks.get(n.id) ?? []),
      stalls: chaos?.stallsOf(node.id) ?? [],
      spoil: badChance === 0 ? null : (output, record) => spoil(output, own, record, badChance, badSeed),
    });
    for (const wire of chaos?.wiresOf(node.id) ?? [])
      task.taps.push({
        before: (rows) => {
          if (wire.next(rows?.count ?? 0) !== null) wire.strike();
        },
      });
    this.#sources.push(task);
  }

  #keptBy(node: CheckedNode, kind: 'sources' | 'sinks'): { readonly stateDir?: string } {
    const { checkpointFolder = null } = this.#options;
    return checkpointFolder === null ? {} : { stateDir: join(checkpointFolder, kind, node.id) };
  }

  /** Every node that the outputs of `id` lead to. */
  #below(id: string): CheckedNode[] {
    const seen = new Set([id]);
    const open = [id];
    const found: CheckedNode[] = [];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const edge of this.#graph.edges) {
        if (edge.from.node !== at || seen.has(edge.to.node)) continue;
        seen.add(edge.to.node);
        open.push(edge.to.node);
        found.push(must(this.#graph.nodes.get(edge.to.node), `node ${edge.to.node}`));
      }
    }
    return found;
  }
}
