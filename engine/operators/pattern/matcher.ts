/**
 * The automaton at work on the rows of one possible match. A thread is one way in which the rows so far can be mapped to variables;
 * a row moves every thread on, to none, one or several. Threads stand in a list, the preferred first.
 */
import type { Value } from '../../batch/column.ts';
import { problem, WeirError } from '../../contract/problems.ts';
import { evaluate, RowError } from '../../expressions/index.ts';
import { copyOf } from '../../state/copies.ts';
import type { RowStore } from '../../state/row-store.ts';
import type { Snapshots } from '../../state/snapshot.ts';
import { type Accumulator, accumulate, emptyAccumulator, resultOf } from './aggregates.ts';
import { type AggregateReference, ALL_ROWS, type Reference } from './language/references.ts';
import { NO_NODE, Paths, type PathsData } from './paths.ts';
import type { PatternPlan } from './plan.ts';

export const NO_THREAD = -1;
const NO_ROW = -1;
/** A thread that has seen no row: what every attempt starts from. Never freed. */
const ROOT = 0;

export interface MatcherData {
  readonly paths: PathsData;
  readonly pc: Int32Array;
  readonly node: Int32Array;
  readonly next: Int32Array;
  readonly marks: Int32Array;
  /** Of every thread one after the other, its running aggregates. */
  readonly counts: Float64Array;
  readonly values: readonly Value[];
  readonly free: readonly number[];
}

export class Matcher implements Snapshots<MatcherData> {
  readonly paths = new Paths();
  /** After `step`: the thread that completed a match, or NO_THREAD. The caller frees it. */
  matched = NO_THREAD;
  readonly #plan: PatternPlan;
  readonly #rows: RowStore;
  readonly #following: (row: number) => number;
  readonly #failed: (row: number, variable: number, error: RowError) => void;
  readonly #threadsMax: number;

  #pc = new Int32Array(16);
  #node = new Int32Array(16);
  /** The next thread of its list. */
  #next = new Int32Array(16);
  /** By thread: the last node of every variable, then the first rows that conditions ask for. */
  #marks: Int32Array;
  readonly #marksWidth: number;
  /** By variable, where its first rows stand among the marks. */
  readonly #firstsAt: readonly number[];
  readonly #states: Accumulator[] = [];
  readonly #scratch = emptyAccumulator();
  #used = 1;
  #free: number[] = [];

  /** The step under way: the row, the first row of the attempt, the thread that is moved on, and the new list. */
  #row = 0;
  #start = 0;
  #from = ROOT;
  #first = NO_THREAD;
  #last = NO_THREAD;
  #count = 0;
  /** By instruction, the step in which a thread came to it: a second one is no news where conditions do not look back. */
  readonly #reached: Float64Array;
  #step = 0;
  readonly #cells: Value[][];

  /**
   * @param following the row after a row among those of its key
   * @param failed told where a condition has no value for a row; it counts as not true
   * @param threadsMax more of them for one match end the run
   */
  constructor(
    plan: PatternPlan,
    rows: RowStore,
    threadsMax: number,
    following: (row: number) => number,
    failed: (row: number, variable: number, error: RowError) => void,
  ) {
    this.#plan = plan;
    this.#rows = rows;
    this.#threadsMax = threadsMax;
    this.#following = following;
    this.#failed = failed;
    this.#reached = new Float64Array(plan.program.instructions.length);
    let width = plan.looksBack ? plan.variables.length : 0;
    this.#firstsAt = plan.firsts.map((count) => {
      width += count;
      return width - count;
    });
    this.#marksWidth = width;
    this.#marks = new Int32Array(16 * width).fill(NO_NODE);
    this.#node[ROOT] = NO_NODE;
    this.#next[ROOT] = NO_THREAD;
    this.#pc[ROOT] = plan.program.start;
    for (const _ of plan.running) this.#states.push(emptyAccumulator());
    this.#cells = plan.conditions.map(() => []);
  }

  get threads(): number {
    return this.#used - 1 - this.#free.length;
  }

  get bytes(): number {
    return this.#pc.length * (12 + this.#marksWidth * 4) + this.#states.length * 48 + this.paths.bytes;
  }

  /** The node of a thread's last row. */
  nodeOf(thread: number): number {
    return this.#node[thread] as number;
  }

  /** The place in the pattern of the only thread of a list; −1 where there are several. */
  placeOf(list: number): number {
    return this.#next[list] === NO_THREAD ? (this.#pc[list] as number) : -1;
  }

  /** The first row of an attempt. */
  begin(row: number): number {
    return this.step(ROOT, row, row);
  }

  /**
   * Moves the threads of the list on by a row, and frees them. Returns the new list: NO_THREAD where nothing can match any more, or
   * where a match is complete (`matched`).
   */
  step(list: number, row: number, start: number): number {
    this.#row = row;
    this.#start = start;
    this.#first = NO_THREAD;
    this.#last = NO_THREAD;
    this.#count = 0;
    this.#step++;
    this.matched = NO_THREAD;
    for (
      let thread = list;
      thread !== NO_THREAD && this.matched === NO_THREAD;
      thread = this.#next[thread] as number
    ) {
      this.#from = thread;
      this.#explore(this.#pc[thread] as number);
    }
    if (list !== ROOT) this.free(list);
    if (this.matched === NO_THREAD) return this.#first;
    this.free(this.#first);
    return NO_THREAD;
  }

  /** Frees a list of threads. */
  free(list: number): void {
    for (let thread = list; thread !== NO_THREAD; thread = this.#next[thread] as number) {
      this.paths.release(this.#node[thread] as number);
      this.#free.push(thread);
    }
  }

  /** Whether the row could be taken on some way from the instruction. */
  #explore(pc: number): boolean {
    const instruction = this.#plan.program.instructions[pc];
    if (instruction === undefined || instruction.op === 'match' || this.matched !== NO_THREAD) return false;
    if (instruction.op === 'take') {
      if (!this.#holds(instruction.variable)) return false;
      this.#advance(instruction.variable, instruction.next);
      return true;
    }
    const taken = this.#explore(instruction.first);
    if (taken && instruction.possessive) return true;
    return this.#explore(instruction.second) || taken;
  }

  #advance(variable: number, next: number): void {
    const { looksBack, running, firsts, program } = this.#plan;
    if (!looksBack) {
      if (this.#reached[next] === this.#step) return;
      this.#reached[next] = this.#step;
    }
    if (++this.#count > this.#threadsMax) throw tooManyThreads(this.#threadsMax);
    const thread = this.#allocate();
    const from = this.#from * this.#marksWidth;
    const to = thread * this.#marksWidth;
    const marks = this.#marks;
    for (let m = 0; m < this.#marksWidth; m++) marks[to + m] = marks[from + m] as number;
    const previous = this.#node[this.#from] as number;
    const same = looksBack ? (marks[to + variable] as number) : NO_NODE;
    const node = this.paths.add(this.#row, variable, previous, same);
    this.#pc[thread] = next;
    this.#node[thread] = node;
    this.#next[thread] = NO_THREAD;
    if (looksBack) marks[to + variable] = node;
    const firstsAt = to + (this.#firstsAt[variable] as number);
    for (let n = 0; n < (firsts[variable] as number); n++) {
      if (marks[firstsAt + n] !== NO_ROW) continue;
      marks[firstsAt + n] = this.#row;
      break;
    }
    for (let a = 0; a < running.length; a++) {
      const aggregate = running[a] as AggregateReference;
      const state = this.#states[thread * running.length + a] as Accumulator;
      this.#copyState(this.#from, a, state);
      if (concerns(aggregate, variable)) this.#take(aggregate, state);
    }
    if (program.accepts[next] === true) {
      this.matched = thread;
    } else if (this.#last === NO_THREAD) {
      this.#first = thread;
      this.#last = thread;
    } else {
      this.#next[this.#last] = thread;
      this.#last = thread;
    }
  }

  #copyState(thread: number, aggregate: number, into: Accumulator): void {
    const state = this.#states[thread * this.#plan.running.length + aggregate] as Accumulator;
    into.count = state.count;
    into.value = state.value;
  }

  #take({ fn, argument, column }: AggregateReference, into: Accumulator): void {
    accumulate(into, fn, argument, column === null ? null : this.#rows.value(this.#row, column));
  }

  #holds(variable: number): boolean {
    const condition = this.#plan.conditions[variable];
    if (condition === undefined || condition.kind === 'always') return true;
    if (condition.kind === 'column') return this.#rows.value(this.#row, condition.column) === true;
    const cells = this.#cells[variable] as Value[];
    for (let i = 0; i < condition.cells.length; i++)
      cells[i] = this.#cell(condition.cells[i] as Reference, variable);
    try {
      return evaluate(condition.expression, cells) === true;
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      this.#failed(this.#row, variable, error);
      return false;
    }
  }

  /** A cell as the condition of `variable` sees it: the row counts as mapped to it already. */
  #cell(cell: Reference, variable: number): Value {
    switch (cell.kind) {
      case 'row': {
        const row =
          cell.from === 'last'
            ? this.#lastRow(cell.variable, cell.offset, variable)
            : this.#firstRow(cell.variable, cell.offset, variable);
        return row === NO_ROW ? null : this.#rows.value(row, cell.column);
      }
      case 'aggregate': {
        this.#copyState(this.#from, cell.running, this.#scratch);
        if (concerns(cell, variable)) this.#take(cell, this.#scratch);
        return resultOf(this.#scratch, cell.fn, cell.argument, cell.type);
      }
      case 'classifier':
        return this.#plan.variables[variable] ?? null;
      case 'time':
        return this.#rows.time(this.#row);
    }
  }

  #lastRow(of: number, offset: number, variable: number): number {
    const isOwn = of === ALL_ROWS || of === variable;
    if (isOwn && offset === 0) return this.#row;
    const { previous, same, rows } = this.paths;
    const links = of === ALL_ROWS ? previous : same;
    let node =
      of === ALL_ROWS
        ? (this.#node[this.#from] as number)
        : (this.#marks[this.#from * this.#marksWidth + of] as number);
    for (let n = isOwn ? 1 : 0; n < offset && node !== NO_NODE; n++) node = links[node] as number;
    return node === NO_NODE ? NO_ROW : (rows[node] as number);
  }

  #firstRow(of: number, offset: number, variable: number): number {
    if (of === ALL_ROWS) {
      const node = this.#node[this.#from] as number;
      const depth = node === NO_NODE ? 0 : (this.paths.depth[node] as number);
      if (offset > depth) return NO_ROW;
      let row = this.#start;
      for (let n = 0; n < offset; n++) row = this.#following(row);
      return row;
    }
    const at = this.#from * this.#marksWidth + (this.#firstsAt[of] as number);
    const row = this.#marks[at + offset] as number;
    if (row !== NO_ROW || of !== variable) return row;
    // This row would be the first of its variable that is not there yet.
    return offset === 0 || this.#marks[at + offset - 1] !== NO_ROW ? this.#row : NO_ROW;
  }

  /** Between two steps, when nobody holds a thread that `matched`. */
  snapshot(): MatcherData {
    const used = this.#used;
    const states = this.#states.slice(0, used * this.#plan.running.length);
    return {
      paths: this.paths.snapshot(),
      pc: copyOf(this.#pc, used),
      node: copyOf(this.#node, used),
      next: copyOf(this.#next, used),
      marks: copyOf(this.#marks, used * this.#marksWidth),
      counts: Float64Array.from(states, (s) => s.count),
      values: states.map((s) => s.value),
      free: [...this.#free],
    };
  }

  /** Threads stay what they were. */
  restore(data: MatcherData): void {
    this.paths.restore(data.paths);
    this.#used = data.pc.length;
    while (this.#pc.length < this.#used) this.#grow();
    this.#pc.set(data.pc);
    this.#node.set(data.node);
    this.#next.set(data.next);
    this.#marks.set(data.marks);
    this.#states.length = 0;
    for (const [n, value] of data.values.entries())
      this.#states.push({ count: data.counts[n] as number, value });
    this.#free = [...data.free];
  }

  #allocate(): number {
    const thread = this.#free.pop() ?? this.#used++;
    if (thread === this.#pc.length) this.#grow();
    while (this.#states.length < (thread + 1) * this.#plan.running.length)
      this.#states.push(emptyAccumulator());
    return thread;
  }

  #grow(): void {
    const length = this.#pc.length * 2;
    const larger = (old: Int32Array, size: number): Int32Array<ArrayBuffer> => {
      const next = new Int32Array(size);
      next.set(old);
      return next;
    };
    this.#pc = larger(this.#pc, length);
    this.#node = larger(this.#node, length);
    this.#next = larger(this.#next, length);
    this.#marks = larger(this.#marks, length * this.#marksWidth);
  }
}

const concerns = (aggregate: AggregateReference, variable: number): boolean =>
  aggregate.variable === ALL_ROWS || aggregate.variable === variable;

const tooManyThreads = (max: number): WeirError =>
  new WeirError(
    problem('R-STATE', {
      path: ['config', 'partialMatchesMax'],
      message:
        'One match can be completed in too many ways: every reluctant quantifier, ? and | doubles them.',
      value: `more than ${max}`,
      expected: `at most ${max} partial matches of one key`,
      next: 'Make the conditions exclude each other, use greedy quantifiers, or set "Within".',
    }),
  );
