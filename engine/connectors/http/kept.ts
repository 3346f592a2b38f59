/** The journal between requests and the buffer: what is answered with 202 was kept, and comes again after a restart. */
import { join } from 'node:path';
import { z } from 'zod';
import { problem, showValue, WeirError } from '../../contract/problems.ts';
import type { Value } from '../../contract/values.ts';
import type { JsonField } from '../../expressions/json-value.ts';
import { diskFiles } from '../../files/disk.ts';
import type { SourceContext, SourcePosition } from '../../runtime/contracts.ts';
import type { EventBuffer } from './buffer.ts';
import { decodeEvents } from './decode.ts';
import type { Body, Entry } from './frame.ts';
import { Journal } from './journal.ts';
import type { HttpConfig } from './spec.ts';

const zPosition = z.object({
  /** Offset in the journal. */
  journal: z.int().min(0),
  /** Events of the request there that were given. */
  events: z.int().min(0),
});

/** Kept events are read ahead up to this many. */
const AHEAD_ROWS = 4096;

export class Kept {
  readonly #context: SourceContext<HttpConfig>;
  readonly #journal: Journal;
  readonly #buffer: EventBuffer;
  readonly #fields: readonly JsonField[];
  readonly #events: number;
  #behind: AsyncGenerator<Entry[]> | null;
  #reading: Promise<void> | null = null;
  #isFirst = true;

  private constructor(
    context: SourceContext<HttpConfig>,
    journal: Journal,
    buffer: EventBuffer,
    fields: readonly JsonField[],
    from: z.output<typeof zPosition>,
  ) {
    this.#context = context;
    this.#journal = journal;
    this.#buffer = buffer;
    this.#fields = fields;
    this.#events = from.events;
    buffer.place = { offset: from.journal, events: from.events };
    this.#behind = from.journal === journal.end ? null : journal.read(from.journal);
  }

  /** Null where the run takes no checkpoints. */
  static async open(
    context: SourceContext<HttpConfig>,
    restored: SourcePosition | null,
    buffer: EventBuffer,
    fields: readonly JsonField[],
  ): Promise<Kept | null> {
    const { stateDir, nodeId, files = diskFiles, log } = context;
    if (stateDir === undefined) return null;
    const position = restored === null ? null : readPosition(restored, nodeId);
    const folder = join(stateDir, 'journal');
    const warn = (text: string): void => log('warning', text);
    const journal = await Journal.open({ files, folder, nodeId, warn }, position?.journal ?? null);
    return new Kept(context, journal, buffer, fields, position ?? { journal: journal.start, events: 0 });
  }

  /** Whether events from before the restart are still to be read: new ones come behind them. */
  get isReading(): boolean {
    return this.#behind !== null;
  }

  get failure(): WeirError | null {
    const { failure } = this.#journal;
    if (failure === null) return null;
    return new WeirError(
      problem('C-ACCESS', {
        path: ['nodes', this.#context.nodeId],
        message: `The journal of accepted events cannot be written: ${failure instanceof Error ? failure.message : String(failure)}.`,
        expected: 'a disk that keeps what is written',
        next: 'Look after the disk, then start the run again: it goes on from its last checkpoint.',
      }),
      { cause: failure },
    );
  }

  /** Resolves when the events are on the disk and in the buffer, which has room for them. */
  keep(rows: Value[][], body: Body): Promise<void> {
    if (rows.length === 0) return Promise.resolve();
    return this.#journal.append(body, ({ offset, next }) =>
      this.#buffer.add(rows, body.bytes.length, body.at, { offset, next, skipped: 0 }),
    );
  }

  /** Fills the buffer from the journal, up to some thousand events. */
  readOn(signal: AbortSignal): Promise<void> {
    if (this.#behind === null || this.#hasEnough(signal)) return Promise.resolve();
    this.#reading ??= this.#read(this.#behind, signal);
    return this.#reading;
  }

  #hasEnough(signal: AbortSignal): boolean {
    return this.#buffer.rows >= AHEAD_ROWS || signal.aborted;
  }

  async #read(behind: AsyncGenerator<Entry[]>, signal: AbortSignal): Promise<void> {
    try {
      while (!this.#hasEnough(signal)) {
        const { done, value } = await behind.next();
        if (done === true) {
          this.#behind = null;
          break;
        }
        for (const entry of value) this.#again(entry);
      }
    } finally {
      this.#reading = null;
    }
  }

  #again({ bytes, format, at, offset, next }: Entry): void {
    const skipped = this.#isFirst ? this.#events : 0;
    this.#isFirst = false;
    const rows = this.#decode(bytes, format).slice(skipped);
    if (this.#context.config.arrival !== undefined) for (const row of rows) row.push(at);
    this.#buffer.add(rows, bytes.length, at, { offset, next, skipped });
  }

  #decode(bytes: Uint8Array, format: Body['format']): Value[][] {
    try {
      return decodeEvents(bytes, format, this.#fields);
    } catch (error) {
      throw new WeirError(
        problem('R-DECODE', {
          path: ['nodes', this.#context.nodeId, 'config', 'schema'],
          message: `Events that were accepted before the restart do not fit the schema: ${error instanceof Error ? error.message : String(error)}`,
          expected: 'the schema that they were accepted with',
          next: 'Undo the change of the schema until they are processed.',
        }),
        { cause: error },
      );
    }
  }

  position(): SourcePosition {
    const { offset, events } = this.#buffer.place;
    return { journal: offset, events };
  }

  /** The journal may keep more than it must: that harms nobody. */
  async committed(position: SourcePosition): Promise<void> {
    const { journal } = readPosition(position, this.#context.nodeId);
    await this.#journal.cut(journal).catch((error: unknown) => {
      this.#context.log('warning', `Old events stay in the journal: ${String(error)}`);
    });
  }

  async close(): Promise<void> {
    await this.#reading?.catch(() => {});
    await this.#journal.close();
  }
}

function readPosition(position: SourcePosition, nodeId: string): z.output<typeof zPosition> {
  const result = zPosition.safeParse(position);
  if (result.success) return result.data;
  throw new WeirError(
    problem('R-NODE', {
      path: ['nodes', nodeId],
      message: 'The HTTP source cannot go on from the saved position.',
      value: showValue(position),
      expected: 'a place in its journal',
      next: 'Start the run from the beginning.',
    }),
  );
}
