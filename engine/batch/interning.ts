import type { Field } from '../contract/types.ts';
import { InternTable } from './column.ts';

/** What a table may hold before a new one begins: text that never repeats must not fill the memory. */
const TABLE_STRINGS_MAX = 200_000;
const TABLE_CHARACTERS_MAX = 32 * 1024 * 1024;

/** The string tables of a source, one a field, shared by its files. */
export class Interning {
  tables: readonly (InternTable | null)[];
  readonly #fields: readonly Field[];
  readonly #renewed: boolean;
  #counted: number[] = [];
  #characters: number[] = [];

  /** @param renewed begins a new table when one is full; otherwise they live as long as the source */
  constructor(fields: readonly Field[], renewed: boolean) {
    this.#fields = fields;
    this.#renewed = renewed;
    this.tables = this.#fresh();
  }

  #fresh(): (InternTable | null)[] {
    this.#counted = this.#fields.map(() => 0);
    this.#characters = this.#fields.map(() => 0);
    return this.#fields.map((f) => (f.type.kind === 'STRING' ? new InternTable() : null));
  }

  /** Called after every block. */
  check(): void {
    if (!this.#renewed) return;
    const full = this.tables.some((table, i) => {
      if (table === null) return false;
      for (let s = this.#counted[i] ?? 0; s < table.strings.length; s++) {
        this.#characters[i] = (this.#characters[i] ?? 0) + (table.strings[s]?.length ?? 0);
      }
      this.#counted[i] = table.strings.length;
      return table.strings.length > TABLE_STRINGS_MAX || (this.#characters[i] ?? 0) > TABLE_CHARACTERS_MAX;
    });
    if (full) this.tables = this.#fresh();
  }
}
