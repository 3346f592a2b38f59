import type { Batch } from '../../batch/batch.ts';
import type { DecodeField } from '../../formats/codec.ts';

/** 2000-01-01 and 2100-01-01 in seconds: as ms they lie in January and February 1970. */
const SECONDS_MIN = 946_684_800;
const SECONDS_MAX = 4_102_444_800;
/** Rows after which a field is judged. */
const ENOUGH = 1000;

/** Notices times that were written in seconds but are read as ms, and says so once; the values stay as they are. */
export class SecondsCheck {
  readonly #fields: { readonly column: number; readonly name: string }[];
  readonly #warn: (text: string) => void;
  #rows = 0;

  constructor(fields: readonly DecodeField[], warn: (text: string) => void) {
    this.#fields = fields.flatMap((f, column) =>
      f.type.kind === 'TIMESTAMP' && f.format === 'epoch-ms' ? [{ column, name: f.name }] : [],
    );
    this.#warn = warn;
  }

  see(batch: Batch): void {
    if (this.#fields.length === 0 || this.#rows >= ENOUGH) return;
    this.#rows += batch.length;
    for (let i = this.#fields.length - 1; i >= 0; i--) {
      const column = batch.columns[this.#fields[i]?.column ?? -1];
      if (column?.kind !== 'number') continue;
      const allSeconds = column.values.every(
        (v, row) =>
          (column.validity !== null && column.validity[row] === 0) || (v >= SECONDS_MIN && v <= SECONDS_MAX),
      );
      if (!allSeconds) this.#fields.splice(i, 1);
    }
    if (this.#rows >= ENOUGH) this.finish();
  }

  /** At the end of the data, or when enough was seen. */
  finish(): void {
    if (this.#rows === 0) return;
    for (const { name } of this.#fields.splice(0)) {
      this.#warn(
        `All times of ${JSON.stringify(name)} lie in early 1970: they look like seconds that are read as milliseconds. ` +
          'Set its format to epoch-s.',
      );
    }
  }
}
