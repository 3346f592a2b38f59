/** GROUP BY without a window: every record changes its group's row at once. Rules of Flink's GroupAggFunction. */
import { AggregateSet } from '../../aggregates/aggregate-set.ts';
import { GroupingKeys } from '../../aggregates/grouping/keys.ts';
import { IdleGroups } from '../../aggregates/idle-groups.ts';
import { aggregateNeeds } from '../../aggregates/plan.ts';
import { ADD, EMIT_AFTER, EMIT_BEFORE, RESET, RETRACT, Script } from '../../aggregates/script.ts';
import { Slots, type SlotsData } from '../../aggregates/slots.ts';
import { type Batch, position } from '../../batch/batch.ts';
import { adds } from '../../batch/changes.ts';
import { durationMs } from '../../contract/settings.ts';
import { throwProblem } from '../../plan/check-setting.ts';
import type { OperatorContext, StatefulOperator, StatefulRuntime } from '../../runtime/contracts.ts';
import { copyOf, FixedCopy } from '../../state/copies.ts';
import type { KeyTableData } from '../../state/key-table.ts';
import type { StateData } from '../../state/snapshot.ts';
import { GroupChanges } from './group-changes.ts';
import { type GroupAggregateConfig, planGroupAggregate } from './spec.ts';

export const groupAggregateRuntime: StatefulRuntime<GroupAggregateConfig> = {
  kind: 'stateful',
  needs: (config, [input]) =>
    input === undefined
      ? [[]]
      : [aggregateNeeds(planGroupAggregate(config, input, { report: throwProblem }).aggregates)],
  partitionBy(config, [input]) {
    if (input === undefined) return null;
    const { columns, sets } = planGroupAggregate(config, input, { report: throwProblem }).grouping;
    // Rows that meet in any set must meet: only keys that are in all of them part rows.
    const shared = columns.filter((_, k) => sets.every((set) => set[k] === true));
    return shared.length === 0 ? null : [shared];
  },
  create: (context) => new GroupAggregate(context),
};

/** Keys that are gone before the key table is rebuilt. */
const COMPACT_AT = 65_536;
const NONE = -1;

class GroupAggregate implements StatefulOperator {
  readonly #context: OperatorContext<GroupAggregateConfig>;
  readonly #keys: GroupingKeys;
  readonly #set: AggregateSet;
  readonly #slots: Slots;
  readonly #idle: IdleGroups | null;
  readonly #script = new Script();
  readonly #changes: GroupChanges;
  /** By key, its slot. */
  /** Changes with the slots that are given out and taken back, and their keys. */
  #slotOf = new Int32Array(64).fill(NONE);
  readonly #slotOfCopy = new FixedCopy<Int32Array>();
  /** By slot, the records in the group. */
  #counts = new Float64Array(64);
  /** Slots whose group lost its last record in this batch. */
  #emptied: number[] = [];
  readonly openWindows = 0;
  readonly late = 0;

  constructor(context: OperatorContext<GroupAggregateConfig>) {
    const { config, input } = context;
    const { grouping, aggregates } = planGroupAggregate(config, input, { report: throwProblem });
    this.#context = context;
    this.#keys = new GroupingKeys(grouping);
    this.#set = new AggregateSet(aggregates, input.fields.length);
    this.#slots = new Slots(this.#set.accumulators);
    this.#idle = config.ttl === undefined ? null : new IdleGroups(durationMs(config.ttl));
    this.#changes = new GroupChanges(
      context.output.fields,
      grouping.columns.length + (grouping.id === null ? 0 : 1),
      this.#keys,
    );
  }

  get nextTimer(): number {
    return this.#idle?.next ?? Infinity;
  }
  get stateRows(): number {
    return this.#slots.inUse;
  }
  get stateBytes(): number {
    const idle = this.#idle?.bytes ?? 0;
    return (
      this.#keys.table.bytes + this.#slots.bytes + this.#slotOf.byteLength + this.#counts.byteLength + idle
    );
  }

  process(batch: Batch): void {
    const now = this.#idle === null ? 0 : this.#context.clock.now();
    this.clock(now);
    const ids = this.#keys.resolve(batch);
    this.#room();
    for (let k = 0; k < batch.count; k++) {
      const row = position(batch, k);
      const isAdded = batch.changes === null || adds(batch.changes[row] as number);
      for (let s = 0; s < ids.length; s++)
        this.#take((ids[s] as Int32Array)[row] as number, row, isAdded, now);
    }
    if (this.#script.length > 0) {
      this.#set.bind(batch.columns);
      this.#set.run(this.#script, this.#changes.aggregates);
      this.#set.unbind();
      // Where groups are forgotten, unchanged rows go on: they put off the forgetting below, as in Flink.
      const onlyChanged = this.#idle === null;
      const madeAt = this.#context.clock.now();
      const out = this.#changes.take(this.#script, this.#slots.keys, madeAt, onlyChanged);
      this.#script.clear();
      if (out.count > 0) this.#context.emit('out', out);
    }
    this.#releaseEmptied();
    this.#compactKeys();
  }

  /** Writes down what a record does to its group, and what is sent of it. */
  #take(key: number, row: number, isAdded: boolean, now: number): void {
    let slot = this.#slotOf[key] as number;
    const count = slot === NONE ? 0 : (this.#counts[slot] as number);
    if (count === 0 && !isAdded) return;
    if (slot === NONE) slot = this.#open(key);
    this.#counts[slot] = count + (isAdded ? 1 : -1);
    this.#idle?.write(slot, now);
    if (count === 0) {
      this.#script.push(slot, row, RESET | ADD | EMIT_AFTER);
    } else if (count === 1 && !isAdded) {
      this.#script.push(slot, row, EMIT_BEFORE | RESET);
      this.#emptied.push(slot);
    } else {
      this.#script.push(slot, row, EMIT_BEFORE | (isAdded ? ADD : RETRACT) | EMIT_AFTER);
    }
  }

  #open(key: number): number {
    const slot = this.#slots.take(key);
    this.#slotOf[key] = slot;
    if (slot >= this.#counts.length) {
      const counts = new Float64Array(this.#slots.capacity);
      counts.set(this.#counts);
      this.#counts = counts;
    }
    this.#counts[slot] = 0;
    return slot;
  }

  #room(): void {
    const { size } = this.#keys.table;
    const { length } = this.#slotOf;
    if (size <= length) return;
    const slotOf = new Int32Array(Math.max(size, length * 2)).fill(NONE);
    slotOf.set(this.#slotOf);
    this.#slotOf = slotOf;
  }

  /** Only after the script was followed: in it a slot may have been filled again. */
  #releaseEmptied(): void {
    for (const slot of this.#emptied) {
      const key = this.#slots.keys[slot] as number;
      if (this.#counts[slot] === 0 && this.#slotOf[key] === slot) this.#release(key);
    }
    this.#emptied = [];
  }

  #release(key: number): void {
    const slot = this.#slotOf[key] as number;
    this.#slots.release(slot);
    this.#counts[slot] = 0;
    this.#idle?.remove(slot);
    this.#slotOf[key] = NONE;
  }

  watermark(): void {}

  /** Forgets the groups whose time is over, without a word, as Flink does. */
  clock(now: number): void {
    if (this.#idle === null) return;
    for (let slot = this.#idle.take(now); slot >= 0; slot = this.#idle.take(now))
      this.#release(this.#slots.keys[slot] as number);
    this.#compactKeys();
  }

  end(): void {}

  #compactKeys(): void {
    const { size } = this.#keys.table;
    if (size < 2 * this.#slots.inUse + COMPACT_AT) return;
    const live = new Int32Array(this.#slots.inUse);
    let next = 0;
    for (let key = 0; key < size; key++) if (this.#slotOf[key] !== NONE) live[next++] = key;
    const slotOf = new Int32Array(Math.max(64, live.length)).fill(NONE);
    live.forEach((from, to) => {
      const slot = this.#slotOf[from] as number;
      slotOf[to] = slot;
      this.#slots.rekey(slot, to);
    });
    this.#keys.table.compact(live);
    this.#slotOf = slotOf;
  }

  snapshot(): StateData {
    return {
      keys: this.#keys.snapshot(),
      slots: this.#slots.snapshot(this.#counts),
      slotOf: this.#slotOfCopy.of(this.#slotOf, this.#slots.changes),
      counts: copyOf(this.#counts),
      idle: this.#idle?.snapshot(),
    } as unknown as StateData;
  }
  restore(data: StateData): void {
    const { keys, slots, slotOf, counts, idle } = data as unknown as {
      readonly keys: KeyTableData;
      readonly slots: SlotsData;
      readonly slotOf: Int32Array;
      readonly counts: Float64Array;
      readonly idle: StateData;
    };
    this.#keys.restore(keys);
    this.#slots.restore(slots, counts);
    this.#slotOf = new Int32Array(slotOf);
    this.#counts = new Float64Array(counts);
    if (idle !== undefined) this.#idle?.restore(idle);
  }
}
