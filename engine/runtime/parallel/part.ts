/** What one worker runs of a graph: its ends of the edges between workers, and how barriers go through it. */
import type { MessagePort } from 'node:worker_threads';
import type { CheckedEdge, CheckedGraph } from '../../plan/graph.ts';
import { LEADER, type ParallelPlan, slicesOn } from '../../plan/parallelism.ts';
import { inNode } from '../culprits.ts';
import type { Receiver } from '../port.ts';
import { Barriers } from './barriers.ts';
import { BatchUnpacker, packedBytes } from './codec.ts';
import type { OwnSlices } from './creating.ts';
import { type EdgeState, type Element, Inlet } from './inlet.ts';
import { Link } from './link.ts';
import { type Crossing, type LinkMessage, STOP_BARRIER } from './messages.ts';
import { Outlet } from './outlet.ts';

/** Something that may have no room. */
export interface Gate {
  readonly full: boolean;
}

export interface PartSettings {
  readonly plan: ParallelPlan;
  readonly worker: number;
  /** By worker, the way there. */
  readonly ports: ReadonlyMap<number, MessagePort>;
  /** In tests, where all parts share a thread and a clock. */
  readonly commons?: Commons;
}

/** What parts of one thread know of each other: whether time may go on, as nobody has anything to do. */
export interface Commons {
  /** Sent and not received. */
  messages: number;
  readonly idle: Set<number>;
}

/** Told what happens at a barrier and by the other workers. */
export interface PartListener {
  /** Something came. */
  wake(): void;
  passed(id: number, node: string, alignedMs: number): void;
  allPassed(id: number): void;
  /** From others: `cut`, `finish`, `passed`, `all-passed`. */
  told(worker: number, message: Exclude<LinkMessage, Crossing | { kind: 'taken' }>): void;
}

export class Part {
  readonly plan: ParallelPlan;
  readonly worker: number;
  readonly #graph: CheckedGraph;
  readonly #links = new Map<number, Link>();
  readonly #inlets = new Map<string, Inlet>();
  readonly #outlets = new Map<string, Outlet>();
  /** By worker and edge. */
  readonly #unpackers = new Map<string, BatchUnpacker>();
  readonly #places: ReadonlyMap<string, number>;
  readonly #gates = new Map<string, readonly Gate[]>();
  readonly #barriers: Barriers;
  /** By node, when its first barrier came. */
  readonly #arrived = new Map<string, number>();
  #sinks: ReadonlyMap<string, Gate> = new Map();
  #listener: PartListener | null = null;
  #failure: unknown = null;
  readonly #commons: Commons | null;
  #isStopped = false;

  constructor(graph: CheckedGraph, { plan, worker, ports, commons }: PartSettings) {
    this.plan = plan;
    this.worker = worker;
    this.#graph = graph;
    this.#commons = commons ?? null;
    this.#places = new Map(graph.edges.map((e, at) => [e.id, at]));
    for (const [other, port] of ports) this.#links.set(other, new Link(port, (m) => this.#receive(other, m)));
    this.#barriers = new Barriers({
      nodes: [...graph.nodes.keys()].filter((id) => this.hosts(id)),
      edges: graph.edges,
      hasInlet: (edge) => this.#inlets.has(edge),
      passed: (id, node) => {
        const since = this.#arrived.get(node) ?? performance.now();
        this.#arrived.delete(node);
        this.#listener?.passed(id, node, performance.now() - since);
      },
      send: (id, edge) => {
        this.#outlets.get(edge.id)?.barrier(id);
        const fromHere = this.plan.hosts.get(edge.from.node)?.includes(worker) === true;
        if (fromHere) this.#inlets.get(edge.id)?.offer(worker, { kind: 'barrier', id });
      },
      release: (node) => {
        for (const edge of graph.edges) if (edge.to.node === node) this.#inlets.get(edge.id)?.release();
      },
      allPassed: (id) => {
        if (id === STOP_BARRIER) this.#isStopped = true;
        else this.#barriers.forget(id);
        this.#listener?.allPassed(id);
      },
    });
  }

  get isLeader(): boolean {
    return this.worker === LEADER;
  }

  get slices(): OwnSlices {
    return { all: this.plan.slices, own: slicesOn(this.worker, this.plan) };
  }

  leaves(edge: string, node: string): boolean {
    return this.#graph.edges[this.#places.get(edge) ?? -1]?.from.node === node;
  }

  hosts(node: string): boolean {
    return this.plan.hosts.get(node)?.includes(this.worker) === true;
  }

  /** Whether the edge needs no more than a call. */
  #isDirect(edge: CheckedEdge): boolean {
    const single = this.#graph.edges.filter((e) => e.to.node === edge.to.node).length === 1;
    return single && !this.plan.exchanges.has(edge.id);
  }

  /**
   * What the node above is connected to on this worker.
   * @param to the node's own input, where it runs here
   * @param keys columns of the key, where rows are parted by it
   */
  connect(edge: CheckedEdge, to: Receiver | null, keys: readonly number[] | null = null): Receiver {
    if (this.#isDirect(edge)) {
      if (to === null) throw new Error(`nothing to connect ${edge.id} to`);
      return to;
    }
    const from = this.plan.hosts.get(edge.from.node) ?? [];
    const targets = this.plan.exchanges.has(edge.id)
      ? (this.plan.hosts.get(edge.to.node) ?? [])
      : [this.worker];
    const inlet =
      to === null ? null : this.#inletOf(edge, to, this.plan.exchanges.has(edge.id) ? from : [this.worker]);
    const local = from.includes(this.worker) ? (inlet?.local(this.worker) ?? null) : null;
    if (!this.plan.exchanges.has(edge.id) && local !== null) return local;
    const outlet = new Outlet({
      edge: this.#placeOf(edge),
      worker: this.worker,
      to: targets,
      local,
      keys: this.plan.exchanges.get(edge.id) === 'hash' ? keys : null,
      workers: this.plan.workers,
      slices: this.plan.slices,
      localFull: () => inlet?.full(this.worker) ?? false,
      send: (worker, message) => this.#send(worker, message),
    });
    if (from.includes(this.worker)) this.#outlets.set(edge.id, outlet);
    return outlet;
  }

  #inletOf(edge: CheckedEdge, to: Receiver, from: readonly number[]): Inlet {
    const { node } = edge.to;
    const place = this.#placeOf(edge);
    const inlet = new Inlet({
      from,
      to,
      ordered: this.#graph.nodes.get(node)?.spec.kind !== 'sink',
      blocked: () => this.#gatesBelow(node).some((gate) => gate.full),
      taken: (worker, rows, bytes) => {
        if (worker !== this.worker) this.#send(worker, { kind: 'taken', edge: place, rows, bytes });
      },
      aligned: (id) => this.#barriers.aligned(id, edge),
    });
    this.#inlets.set(edge.id, inlet);
    return inlet;
  }

  #placeOf(edge: CheckedEdge): number {
    return this.#places.get(edge.id) ?? -1;
  }

  /** Whether a clock that is only moved by hand may be moved on. */
  get isQuiet(): boolean {
    const commons = this.#commons;
    return commons === null || (commons.messages === 0 && commons.idle.size === this.plan.workers);
  }

  /** Whether this part has nothing to do for now. */
  rest(resting: boolean): void {
    if (resting) this.#commons?.idle.add(this.worker);
    else this.#commons?.idle.delete(this.worker);
  }

  /** Once, when everything is built. */
  start(listener: PartListener, sinks: ReadonlyMap<string, Gate>): void {
    this.#listener = listener;
    this.#sinks = sinks;
  }

  /** What rows that leave the node can fill up on this worker. */
  gatesFrom(node: string, sinks: ReadonlyMap<string, Gate> = this.#sinks): readonly Gate[] {
    const found: Gate[] = [];
    const seen = new Set<string>();
    const look = (id: string): void => {
      if (seen.has(id)) return;
      seen.add(id);
      const sink = sinks.get(id);
      if (sink !== undefined) found.push(sink);
      for (const edge of this.#graph.edges) {
        if (edge.from.node !== id) continue;
        const outlet = this.#outlets.get(edge.id);
        const inlet = this.#inlets.get(edge.id);
        if (outlet !== undefined) found.push(outlet);
        else if (inlet !== undefined) found.push(localGate(inlet, this.worker));
        if (this.hosts(edge.to.node)) look(edge.to.node);
      }
    };
    look(node);
    return found;
  }

  #gatesBelow(node: string): readonly Gate[] {
    const known = this.#gates.get(node);
    if (known !== undefined) return known;
    const gates = this.gatesFrom(node);
    this.#gates.set(node, gates);
    return gates;
  }

  #send(worker: number, message: LinkMessage): void {
    const link = this.#links.get(worker);
    if (link === undefined) throw new Error(`no way to worker ${worker}`);
    if (this.#commons !== null) this.#commons.messages++;
    link.send(message);
  }

  tell(worker: number, message: Exclude<LinkMessage, Crossing>): void {
    this.#send(worker, message);
    this.#links.get(worker)?.flush();
  }

  tellLeader(message: Exclude<LinkMessage, Crossing>): void {
    this.tell(LEADER, message);
  }

  tellOthers(message: Exclude<LinkMessage, Crossing>): void {
    for (const worker of this.#links.keys()) this.tell(worker, message);
  }

  #receive(worker: number, message: LinkMessage): void {
    if (this.#commons !== null) this.#commons.messages--;
    try {
      this.#take(worker, message);
    } catch (error) {
      this.#failure ??= error;
    }
    this.#listener?.wake();
  }

  #take(worker: number, message: LinkMessage): void {
    switch (message.kind) {
      case 'taken':
        this.#outlets.get(this.#edgeAt(message.edge).id)?.taken(worker, message.rows, message.bytes);
        break;
      case 'cut':
      case 'finish':
      case 'passed':
      case 'all-passed':
        this.#listener?.told(worker, message);
        break;
      default: {
        const edge = this.#edgeAt(message.edge);
        if (message.kind === 'barrier' && !this.#arrived.has(edge.to.node))
          this.#arrived.set(edge.to.node, performance.now());
        this.#inlets.get(edge.id)?.enqueue(worker, this.#unpacked(worker, message));
      }
    }
  }

  #unpacked(worker: number, message: Crossing): Element {
    if (message.kind !== 'batch') return message;
    const key = `${worker}:${message.edge}`;
    let unpacker = this.#unpackers.get(key);
    if (unpacker === undefined) {
      unpacker = new BatchUnpacker();
      this.#unpackers.set(key, unpacker);
    }
    return { kind: 'batch', batch: unpacker.unpack(message.batch), bytes: packedBytes(message.batch) };
  }

  #edgeAt(place: number): CheckedEdge {
    const edge = this.#graph.edges[place];
    if (edge === undefined) throw new RangeError(`no edge ${place}`);
    return edge;
  }

  /** Takes what came from others, as far as there is room below. True: there was something. */
  pump(): boolean {
    if (this.#failure !== null) throw this.#failure;
    let worked = false;
    for (const edge of this.#graph.edges) {
      const inlet = this.#inlets.get(edge.id);
      if (inlet !== undefined && inNode(edge.to.node, () => inlet.drain())) worked = true;
    }
    return worked;
  }

  /** Sends what waits on its way out. */
  flush(): void {
    for (const link of this.#links.values()) link.flush();
  }

  /** A barrier begins at the sources of this worker. */
  cut(id: number): void {
    for (const node of this.#graph.nodes.values())
      if (node.spec.kind === 'source' && this.hosts(node.id)) this.#barriers.cut(id, node.id);
    // A worker without any node has nothing that could pass.
    if (![...this.#graph.nodes.keys()].some((id_) => this.hosts(id_))) this.#listener?.allPassed(id);
    this.flush();
  }

  /** Whether nothing can come any more: all inputs from other workers have ended, or the run was stopped and the rest is here. */
  get drained(): boolean {
    return this.#isStopped || [...this.#inlets.values()].every((inlet) => inlet.ended);
  }

  /** What a checkpoint knows of the edges into the nodes of this worker, before anything comes. */
  restore(known: (edge: CheckedEdge) => EdgeState | null): void {
    for (const edge of this.#graph.edges) {
      const own = this.#inlets.has(edge.id) ? known(edge) : null;
      if (own !== null) this.#inlets.get(edge.id)?.restore(own);
    }
  }

  close(): void {
    this.flush();
    for (const link of this.#links.values()) link.close();
  }
}

const localGate = (inlet: Inlet, worker: number): Gate => ({
  get full() {
    return inlet.full(worker);
  },
});
