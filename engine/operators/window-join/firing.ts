/** What a complete window gives, and the end of its rows. */
import { valueKey } from '../../contract/values.ts';
import type { OperatorContext } from '../../runtime/contracts.ts';
import type { RowStore } from '../../state/row-store.ts';
import type { PairCondition } from '../joins/condition.ts';
import type { JoinKeys } from '../joins/keys.ts';
import { JoinOutput, NO_ROW } from '../joins/output.ts';
import { PAIRS_MAX, Pairs } from '../joins/pairs.ts';
import { isLeftOnly, LEFT, type PlannedJoin, RIGHT, type Side } from '../joins/plan.ts';
import type { Links, OpenWindow } from './open-window.ts';
import type { WindowJoinConfig } from './spec.ts';

const NONE = -1;

export class Firing {
  readonly #plan: PlannedJoin;
  readonly #join: WindowJoinConfig['join'];
  readonly #pairsOut: boolean;
  readonly #notIn: boolean;
  readonly #keys: JoinKeys;
  readonly #rows: readonly [RowStore, RowStore];
  readonly #links: readonly [Links, Links];
  readonly #conditional: boolean;
  readonly #pairs: Pairs;
  readonly #out: JoinOutput;
  /** By row: whether it met a partner in the window that fires. */
  readonly #met: [Uint8Array, Uint8Array] = [new Uint8Array(64), new Uint8Array(64)];
  /** By row: windows that it is still in. */
  readonly #held: [Int32Array, Int32Array] = [new Int32Array(64), new Int32Array(64)];

  constructor(
    context: OperatorContext<WindowJoinConfig>,
    plan: PlannedJoin,
    condition: PairCondition | null,
    keys: JoinKeys,
    rows: readonly [RowStore, RowStore],
    links: readonly [Links, Links],
    notIn: boolean,
  ) {
    this.#plan = plan;
    this.#join = context.config.join;
    this.#pairsOut = !isLeftOnly(this.#join);
    this.#notIn = notIn;
    this.#keys = keys;
    this.#rows = rows;
    this.#links = links;
    this.#conditional = condition !== null;
    this.#pairs = new Pairs(condition);
    this.#out = new JoinOutput(context, plan.columns, rows[LEFT], rows[RIGHT]);
  }

  /** The row is in one window more. */
  hold(side: Side, row: number): void {
    if (row >= this.#held[side].length) this.#grow(side);
    this.#held[side][row] = (this.#held[side][row] as number) + 1;
  }

  /** All rows of a window that was brought back. */
  holdAll(window: OpenWindow, side: Side): void {
    const { rows, next } = this.#links[side];
    for (let slot = 0; slot < window.count; slot++)
      for (let at = window.heads[side][slot] as number; at !== NONE; at = next[at] as number)
        this.hold(side, rows[at] as number);
  }

  #grow(side: Side): void {
    const length = this.#rows[side].capacity;
    const held = new Int32Array(length);
    held.set(this.#held[side]);
    this.#held[side] = held;
    this.#met[side] = new Uint8Array(length);
  }

  send(): void {
    this.#out.send();
  }

  /** @param watermark in force before the one that fires the window */
  fire(window: OpenWindow, watermark: number): void {
    for (const side of [LEFT, RIGHT] as const) this.#clearMet(window, side);
    for (let slot = 0; slot < window.count; slot++) {
      if ((window.heads[LEFT][slot] as number) === NONE) continue;
      if (!this.#notIn) {
        if (!this.#keys.meetsNothing(window.keys[slot] as number)) this.#meet(window, slot, slot, watermark);
        continue;
      }
      for (let other = 0; other < window.count; other++)
        if (this.#mayBeEqual(window.keys[slot] as number, window.keys[other] as number))
          this.#meet(window, slot, other, watermark);
    }
    this.#settle(window, watermark);
    this.#finish(window, watermark);
  }

  #clearMet(window: OpenWindow, side: Side): void {
    const { rows, next } = this.#links[side];
    const met = this.#met[side];
    for (let slot = 0; slot < window.count; slot++)
      for (let at = window.heads[side][slot] as number; at !== NONE; at = next[at] as number)
        met[rows[at] as number] = 0;
  }

  /** SQL's `=` that is not false: equal, or unknown. */
  #mayBeEqual(a: number, b: number): boolean {
    if (a === b) return true;
    const { table } = this.#keys;
    if (!table.hasNull(a) && !table.hasNull(b)) return false;
    return this.#plan.keys[LEFT].every((_, c) => {
      const [x, y] = [table.value(a, c), table.value(b, c)];
      return x === null || y === null || valueKey(x) === valueKey(y);
    });
  }

  /** Left rows of one slot with right rows of another (mostly the same). */
  #meet(window: OpenWindow, slot: number, other: number, watermark: number): void {
    const first = window.heads[RIGHT][other] as number;
    if (first === NONE) return;
    const [left, right] = this.#links;
    const met = this.#met[LEFT];
    for (let l = window.heads[LEFT][slot] as number; l !== NONE; l = left.next[l] as number) {
      const row = left.rows[l] as number;
      if (!this.#pairsOut && !this.#conditional) {
        met[row] = 1;
        continue;
      }
      for (let r = first; r !== NONE; r = right.next[r] as number)
        this.#pairs.add(row, right.rows[r] as number, 0);
      if (this.#pairs.count >= PAIRS_MAX) this.#settle(window, watermark);
    }
  }

  /** Marks the rows of the pairs that hold, and emits those where pairs are the result. */
  #settle(window: OpenWindow, watermark: number): void {
    const pairs = this.#pairs;
    if (pairs.count === 0) return;
    pairs.filter(this.#rows[LEFT], this.#rows[RIGHT]);
    const [metLeft, metRight] = this.#met;
    for (let k = 0; k < pairs.count; k++) {
      const l = pairs.lefts[k] as number;
      const r = pairs.rights[k] as number;
      metLeft[l] = 1;
      metRight[r] = 1;
      if (this.#pairsOut) this.#emit(window, l, r, watermark);
    }
    pairs.count = 0;
  }

  #emit(window: OpenWindow, left: number, right: number, watermark: number): void {
    this.#out.cells(left, right);
    this.#out.extra(0, window.start);
    this.#out.extra(1, window.end);
    this.#out.end(window.end - 1, watermark, 0);
  }

  /** Rows by themselves: padded, or those that a semi or anti join keeps. Then the window lets go of all. */
  #finish(window: OpenWindow, watermark: number): void {
    const { outer } = this.#plan;
    const wanted = this.#join === 'semi' ? 1 : 0;
    const leftToo = !this.#pairsOut || outer[LEFT];
    for (let slot = 0; slot < window.count; slot++) {
      for (const side of [LEFT, RIGHT] as const) {
        const emits = side === LEFT ? leftToo : outer[RIGHT];
        const { rows, next } = this.#links[side];
        for (let at = window.heads[side][slot] as number; at !== NONE; at = next[at] as number) {
          const row = rows[at] as number;
          if (emits && this.#met[side][row] === wanted) {
            if (side === LEFT) this.#emit(window, row, NO_ROW, watermark);
            else this.#emit(window, NO_ROW, row, watermark);
          }
          this.#links[side].release(at);
          const held = (this.#held[side][row] as number) - 1;
          this.#held[side][row] = held;
          if (held === 0) this.#rows[side].remove(row);
        }
      }
    }
  }
}
