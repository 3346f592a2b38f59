/**
 * The events of a ledger beside the checkpoints of its run: a line of JSON each, written before the next thing happens, so that they
 * survive the death of the process at any instant. (A power cut may take the last of them, and no more: what replaces the file is on the
 * disk before it does.)
 */
import { join } from 'node:path';
import { problem, showValue, WeirError } from '../../contract/problems.ts';
import type { BooksData, LedgerEvent } from './books.ts';
import { type LogDisk, type LogFile, logDisk } from './log-disk.ts';

const NAME = 'ledger.ndjson';
const ASIDE = 'ledger.ndjson.part';

/** A log of more bytes than this, and of more than so many times what it says, is written anew. */
export const LOG_BYTES_LEAST = 1024 * 1024;
const WASTE_MAX = 4;

export interface LogOptions {
  /** With what stands in the folder, which is told first; otherwise it is forgotten. */
  readonly goesOn: boolean;
  readonly disk?: LogDisk;
  readonly bytesLeast?: number;
}

export class LedgerLog {
  readonly #folder: string;
  readonly #disk: LogDisk;
  readonly #bytesLeast: number;
  #file: LogFile;
  #bytes: number;
  /** Of the last line that said everything. */
  #saidBytes = 0;

  private constructor(folder: string, options: LogOptions, bytes: number) {
    this.#folder = folder;
    this.#disk = options.disk ?? logDisk;
    this.#bytesLeast = options.bytesLeast ?? LOG_BYTES_LEAST;
    this.#bytes = bytes;
    this.#file = this.#disk.open(join(folder, NAME), false);
  }

  /** @param folder of the checkpoints; whoever opens it has locked it @throws WeirError `K-FOLDER` */
  static open(folder: string, options: LogOptions, told: (event: LedgerEvent) => void): LedgerLog {
    const { goesOn, disk = logDisk } = options;
    return inFolder(folder, () => {
      const path = join(folder, NAME);
      disk.remove(join(folder, ASIDE));
      if (!goesOn) disk.remove(path);
      const text = disk.read(path) ?? '';
      const log = new LedgerLog(folder, options, text.length);
      for (const line of text.split('\n')) {
        const event = eventIn(line);
        if (event === null) continue;
        if (event[0] === 'books') log.#saidBytes = line.length;
        told(event);
      }
      // A line that was cut off must not become the beginning of the next.
      if (text !== '' && !text.endsWith('\n')) log.#file.write('\n');
      return log;
    });
  }

  /** @throws WeirError `K-FOLDER` */
  write(event: LedgerEvent): void {
    inFolder(this.#folder, () => {
      const line = `${JSON.stringify(event)}\n`;
      this.#file.write(line);
      this.#bytes += line.length;
    });
  }

  /** Whether it is much longer than what it says. */
  get isWasteful(): boolean {
    return this.#bytes > Math.max(this.#bytesLeast, WASTE_MAX * this.#saidBytes);
  }

  /** @param books what all events so far amount to: they are replaced by it. @throws WeirError `K-FOLDER` */
  compact(books: BooksData): void {
    inFolder(this.#folder, () => {
      const line = `${JSON.stringify(['books', books] satisfies LedgerEvent)}\n`;
      const aside = this.#disk.open(join(this.#folder, ASIDE), true);
      try {
        aside.write(line);
        aside.sync();
        this.#disk.rename(join(this.#folder, ASIDE), join(this.#folder, NAME));
      } catch (error) {
        aside.close();
        throw error;
      }
      this.#file.close();
      this.#file = aside;
      this.#saidBytes = line.length;
      this.#bytes = line.length;
    });
  }

  close(): void {
    this.#file.close();
  }
}

function inFolder<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof WeirError) throw error;
    throw new WeirError(
      problem('K-FOLDER', {
        path: ['settings', 'ledger'],
        message: `The ledger cannot be kept in ${folder}: ${error instanceof Error ? error.message : String(error)}`,
        value: showValue(folder),
        expected: 'a folder that Weir may write to, with room',
        next: 'Check its permissions and the space on the disk, or pick another folder.',
      }),
      { cause: error },
    );
  }
}

/** Null for an empty line, and for one that was left half written. */
function eventIn(line: string): LedgerEvent | null {
  try {
    return line === '' ? null : (JSON.parse(line) as LedgerEvent);
  } catch {
    return null;
  }
}
