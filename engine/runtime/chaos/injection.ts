/** The failures that one attempt of a run meets, handed to the places where they happen. */
import type { Chaos, Fault } from '../../contract/chaos.ts';
import { durationMs } from '../../contract/settings.ts';
import { diskFiles } from '../../files/disk.ts';
import type { Files } from '../../files/files.ts';
import type { Clock } from '../clock.ts';
import type { Sink } from '../contracts.ts';
import type { Receiver } from '../port.ts';
import { nodeSeed, random } from '../random.ts';
import type { Stall } from '../tasks/held-rows.ts';
import { faultySink } from './faulty-sink.ts';
import { fullDisk } from './full-disk.ts';
import { JumpingClock } from './jumping-clock.ts';
import { TrippedReceiver, Tripwire } from './tripwire.ts';

/** What the thread of a run is told. */
export interface InjectionRequest {
  readonly chaos: Chaos;
  /** Where the chaos has no seed of its own. */
  readonly seed: number;
  /** 0: the run's first. */
  readonly attempt: number;
  /** Since the run's start, ms. */
  readonly elapsedMs: number;
  /** Faults that strike once and did, by index. */
  readonly struck: readonly number[];
}

type Of<K extends Fault['kind']> = Extract<Fault, { kind: K }>;

export class Injection {
  /** The run's clock, with its jumps. */
  readonly clock: Clock;
  readonly #request: InjectionRequest;
  readonly #inner: Clock;
  readonly #startedAt: number;
  readonly #struck: (fault: number) => void;
  readonly #wires = new Map<string, Tripwire[]>();

  /** @param struck told of faults that strike once, just before they do */
  constructor(request: InjectionRequest, clock: Clock, struck: (fault: number) => void) {
    this.#request = request;
    this.#inner = clock;
    this.#startedAt = clock.now() - request.elapsedMs;
    this.#struck = struck;
    const jumps = this.#of('jump').map(({ fault }) => ({
      at: this.#startedAt + durationMs(fault.after),
      byMs: durationMs(fault.by),
    }));
    this.clock = jumps.length === 0 ? clock : new JumpingClock(clock, jumps);
    for (const { fault, at } of this.#of('fail')) this.#lay(fault, at);
  }

  #lay({ node, record, chance }: Of<'fail'>, at: number): void {
    const wires = this.#wires.get(node) ?? [];
    this.#wires.set(node, wires);
    if (chance !== undefined) {
      const draw = random(this.seedOf(`${node}:${at}:${this.#request.attempt}`));
      wires.push(Tripwire.byChance(node, chance, draw, () => {}));
    } else if (record !== undefined && !this.#request.struck.includes(at)) {
      wires.push(Tripwire.at(node, record, () => this.#struck(at)));
    }
  }

  #of<K extends Fault['kind']>(kind: K): { readonly fault: Of<K>; readonly at: number }[] {
    return this.#request.chaos.faults.flatMap((fault, at) =>
      fault.kind === kind ? [{ fault: fault as Of<K>, at }] : [],
    );
  }

  seedOf(name: string): number {
    return nodeSeed(this.#request.chaos.seed ?? this.#request.seed, name);
  }

  /** Whether rows must be counted in front of this very node. */
  fails(node: string): boolean {
    return this.#wires.has(node);
  }

  wiresOf(node: string): readonly Tripwire[] {
    return this.#wires.get(node) ?? [];
  }

  /** In front of an input of the node. */
  receiver(node: string, to: Receiver): Receiver {
    return this.wiresOf(node).reduce((next: Receiver, wire) => new TrippedReceiver(next, wire), to);
  }

  stallsOf(source: string): Stall[] {
    return this.#of('stall')
      .filter(({ fault }) => fault.source === source)
      .map(({ fault }) => {
        const from = this.#startedAt + durationMs(fault.after);
        const until = from + durationMs(fault.for);
        return {
          partition: fault.partition,
          isOn: () => this.#inner.now() >= from && this.#inner.now() < until,
        };
      });
  }

  /** The chance that a record of the source is bad; 0: none is. */
  badChance(source: string): number {
    const good = this.#of('bad').reduce(
      (left, { fault }) => (fault.source === source ? left * (1 - fault.chance) : left),
      1,
    );
    return 1 - good;
  }

  files(node: string): Files | null {
    const own = this.#of('full').filter(({ fault }) => fault.sink === node);
    return own.length === 0 ? null : fullDisk(diskFiles, Math.min(...own.map(({ fault }) => fault.bytes)));
  }

  sink(node: string, inner: Sink): Sink {
    const slow = this.#of('slow').filter(({ fault }) => fault.sink === node);
    const acks = this.#of('ack').filter(({ fault }) => fault.sink === node);
    if (slow.length + acks.length === 0) return inner;
    const sum = (spans: readonly (string | undefined)[]): number =>
      spans.reduce((ms, span) => ms + (span === undefined ? 0 : durationMs(span)), 0);
    return faultySink(inner, this.#inner, {
      node,
      slowMs: sum(slow.map(({ fault }) => fault.by)),
      ackMs: sum(acks.map(({ fault }) => fault.by)),
      lostAcks: acks.flatMap(({ fault, at }) =>
        fault.commit === undefined || this.#request.struck.includes(at)
          ? []
          : [{ commit: fault.commit, struck: () => this.#struck(at) }],
      ),
    });
  }
}
