/** A source that gives the rows of a test, whatever its type. */
import { BatchBuilder } from '../batch/builder.ts';
import { problem, showValue, WeirError } from '../contract/problems.ts';
import { type JsonField, jsonRow } from '../expressions/json-value.ts';
import type { Source, SourceContext, SourceRuntime } from '../runtime/contracts.ts';

type Config = Readonly<Record<string, unknown>>;
type Rows = readonly Readonly<Record<string, unknown>>[];

/** By source type, a runtime that gives `input[nodeId]`. `test`: its index in the document, for error paths. */
export const rowsSource = (
  types: readonly string[],
  input: Readonly<Record<string, Rows>>,
  test: number,
): Record<string, SourceRuntime<Config>> =>
  Object.fromEntries(
    types.map((type) => [
      type,
      { create: (context) => new RowsSource(context, input[context.nodeId] ?? [], test) },
    ]),
  );

class RowsSource implements Source {
  readonly partitions = ['0'];
  readonly #context: SourceContext<Config>;
  readonly #builder: BatchBuilder;
  readonly #rows: Rows;
  readonly #test: number;
  #at = 0;

  constructor(context: SourceContext<Config>, rows: Rows, test: number) {
    this.#context = context;
    this.#builder = new BatchBuilder(context.fields);
    this.#rows = rows;
    this.#test = test;
  }

  async open(): Promise<void> {}

  get ended(): boolean {
    return this.#at >= this.#rows.length;
  }

  poll(maxRows: number): ReturnType<Source['poll']> {
    const until = Math.min(this.#rows.length, this.#at + maxRows);
    if (until === this.#at) return null;
    const fields: JsonField[] = this.#context.fields.map((f) => ({ ...f, path: [f.name] }));
    for (; this.#at < until; this.#at++) this.#push(this.#rows[this.#at] ?? {}, fields);
    return { batch: this.#builder.take(this.#context.clock.now()), partitions: null, deadLetters: [] };
  }

  #push(row: Readonly<Record<string, unknown>>, fields: readonly JsonField[]): void {
    const path = ['tests', this.#test, 'input', this.#context.nodeId, this.#at];
    const stranger = Object.keys(row).find((name) => !fields.some((f) => f.name === name));
    if (stranger !== undefined) {
      throw new WeirError(
        problem('S-VALUE', {
          path: [...path, stranger],
          message: `The source has no field ${showValue(stranger)}.`,
          value: showValue(row[stranger]),
          expected: `only ${fields.map((f) => f.name).join(', ')}`,
          next: 'Correct the name, or remove the value.',
        }),
      );
    }
    const values = jsonRow(row, fields);
    if (Array.isArray(values)) {
      this.#builder.push(values);
      return;
    }
    throw new WeirError(
      problem('S-VALUE', {
        path: [...path, values.field],
        message: `The value of ${showValue(values.field)} does not fit.`,
        value: values.value,
        expected: values.expected,
        next: 'Correct the value.',
      }),
    );
  }

  whenReady(): Promise<void> {
    return Promise.resolve();
  }

  position(): Readonly<Record<string, unknown>> {
    return { '0': this.#at };
  }

  lag(): { records: number; ms: number } {
    return { records: this.#rows.length - this.#at, ms: 0 };
  }

  async close(): Promise<void> {}
}
