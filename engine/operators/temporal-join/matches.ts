/** Left rows with the one right row that each may meet: judged by the condition together, given in order. */
import type { OperatorContext } from '../../runtime/contracts.ts';
import { PairCondition } from '../joins/condition.ts';
import { JoinOutput, NO_ROW } from '../joins/output.ts';
import { Pairs } from '../joins/pairs.ts';
import type { PlannedJoin } from '../joins/plan.ts';
import { LEFT, RIGHT } from '../joins/plan.ts';
import type { Rows } from '../joins/rows.ts';

export class Matches {
  readonly #isLeft: boolean;
  readonly #pairs: Pairs;
  readonly #out: JoinOutput;
  readonly #left: Rows;
  readonly #right: Rows;
  #lefts = new Int32Array(256);
  #times = new Float64Array(256);
  #marks = new Float64Array(256);
  count = 0;

  constructor(
    context: OperatorContext<{ readonly join: string; readonly condition?: string | undefined }>,
    plan: PlannedJoin,
    left: Rows,
    right: Rows,
  ) {
    const { join, condition } = context.config;
    this.#isLeft = join === 'left';
    this.#left = left;
    this.#right = right;
    const fields = [context.inputs[LEFT]?.fields ?? [], context.inputs[RIGHT]?.fields ?? []] as const;
    this.#pairs = new Pairs(PairCondition.of(condition, fields, context.reject));
    this.#out = new JoinOutput(context, plan.columns, left, right);
  }

  /** @param right NO_ROW where there is none */
  add(left: number, right: number, time: number, mark: number): void {
    const at = this.count++;
    if (at === this.#lefts.length) this.#grow();
    this.#lefts[at] = left;
    this.#times[at] = time;
    this.#marks[at] = mark;
    if (right !== NO_ROW) this.#pairs.add(left, right, at);
  }

  /** Gives all that wait, in order. `done` is told of each left row. */
  settle(done: ((left: number) => void) | null): void {
    const pairs = this.#pairs;
    pairs.filter(this.#left, this.#right);
    let next = 0;
    for (let k = 0; k < this.count; k++) {
      const left = this.#lefts[k] as number;
      const met = next < pairs.count && pairs.tags[next] === k;
      if (met || this.#isLeft) {
        const right = met ? (pairs.rights[next] as number) : NO_ROW;
        this.#out.rowLater(left, right, this.#times[k] as number, this.#marks[k] as number);
      }
      if (met) next++;
    }
    this.#out.write();
    // Rows may be let go now: their cells are copied.
    if (done !== null) for (let k = 0; k < this.count; k++) done(this.#lefts[k] as number);
    pairs.count = 0;
    this.count = 0;
  }

  send(): void {
    this.#out.send();
  }

  #grow(): void {
    const length = this.#lefts.length * 2;
    const [lefts, times, marks] = [
      new Int32Array(length),
      new Float64Array(length),
      new Float64Array(length),
    ];
    lefts.set(this.#lefts);
    times.set(this.#times);
    marks.set(this.#marks);
    this.#lefts = lefts;
    this.#times = times;
    this.#marks = marks;
  }
}
