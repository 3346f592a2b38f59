/** Bad records on their way to a node's errors port, or to the end of the run where it is set so. */
import { BatchBuilder } from '../batch/builder.ts';
import { DEAD_LETTER_SCHEMA } from '../contract/dead-letter.ts';
import { type Problem, problem, showValue, WeirError } from '../contract/problems.ts';
import type { NodeStats } from '../telemetry/stats.ts';
import type { DeadLetter } from './contracts.ts';
import type { OutPort } from './port.ts';

export class DeadLetters {
  readonly #port: OutPort | null;
  readonly #stats: NodeStats;
  readonly #fail: boolean;
  /** The first that came. */
  first: DeadLetter | null = null;
  readonly #builder = new BatchBuilder(DEAD_LETTER_SCHEMA.fields);

  /** @param fail ends the run at the first one */
  constructor(port: OutPort | null, stats: NodeStats, fail: boolean) {
    this.#port = port;
    this.#stats = stats;
    this.#fail = fail;
  }

  get node(): string {
    return this.#stats.node;
  }

  send(letters: readonly DeadLetter[], now: number): void {
    if (letters.length === 0) return;
    const [first] = letters;
    if (this.#fail && first !== undefined) {
      throw new WeirError({ ...first.problem, path: ['nodes', this.#stats.node], value: first.raw });
    }
    this.first ??= first ?? null;
    this.#stats.deadLetters += letters.length;
    for (const { problem: found, raw } of letters) {
      const last = found.path[found.path.length - 1];
      const message =
        found.expected === undefined ? found.message : `${found.message} Expected ${found.expected}.`;
      this.#builder.push([
        found.code,
        message,
        this.#stats.node,
        last === undefined ? null : String(last),
        raw,
      ]);
    }
    this.#port?.batch(this.#builder.take(now));
  }

  end(): void {
    this.#port?.end();
  }
}

/** The problem in an error that a row caused. */
export function rowProblem(error: unknown): Problem {
  if (error instanceof WeirError) return error.problem;
  return problem('R-RECORD', {
    path: [],
    message: error instanceof Error ? error.message : String(error),
    next: 'Look at the record, and make the expression hold for it (TRY_CAST, COALESCE, CASE).',
  });
}

export const rawRow = (names: readonly string[], values: readonly unknown[]): string =>
  showRaw(Object.fromEntries(names.map((name, i) => [name, values[i] ?? null])));

function showRaw(row: Record<string, unknown>): string {
  try {
    return JSON.stringify(row);
  } catch {
    return showValue(row);
  }
}
