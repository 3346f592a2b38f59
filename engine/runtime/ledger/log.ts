/**
 * The events of a ledger beside the checkpoints of its run: a line of JSON each, written with one call before the next thing happens, so
 * that they survive the death of the process at any instant.
 */
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { LedgerEvent } from './books.ts';

const NAME = 'ledger.ndjson';

export class LedgerLog {
  readonly #file: number;

  private constructor(file: number) {
    this.#file = file;
  }

  /**
   * @param folder of the checkpoints; whoever opens it has locked it
   * @param goesOn with what stands there, which is told first; otherwise it is forgotten
   */
  static open(folder: string, goesOn: boolean, told: (event: LedgerEvent) => void): LedgerLog {
    const path = join(folder, NAME);
    if (!goesOn) rmSync(path, { force: true });
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    for (const line of text.split('\n')) {
      const event = eventIn(line);
      if (event !== null) told(event);
    }
    const log = new LedgerLog(openSync(path, 'a'));
    // A line that was cut off must not become the beginning of the next.
    if (text !== '' && !text.endsWith('\n')) writeSync(log.#file, '\n');
    return log;
  }

  write(event: LedgerEvent): void {
    writeSync(this.#file, `${JSON.stringify(event)}\n`);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Null for an empty line, and for one that a power cut left half written. */
function eventIn(line: string): LedgerEvent | null {
  try {
    return line === '' ? null : (JSON.parse(line) as LedgerEvent);
  } catch {
    return null;
  }
}
