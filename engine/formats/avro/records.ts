/** Records of one Avro schema as rows of the wanted fields; what nobody asked for is passed over. */
import type { Value } from '../../contract/values.ts';
import { jsonExpectation } from '../../expressions/json-value.ts';
import type { BadRecord, DecodeField } from '../codec.ts';
import { misfit } from '../json/records.ts';
import { AvroCursor, AvroError } from './cursor.ts';
import { avroReader, type ReadAvro } from './reader.ts';
import { type AvroRecord, type AvroType, describeAvro } from './schema.ts';

/** What is wanted below one record. */
interface Wanted {
  /** Places in the row. */
  readonly here: number[];
  readonly below: Map<string, Wanted>;
}
type Step = (cursor: AvroCursor, row: (Value | undefined)[]) => void;

export class AvroRecords {
  readonly #fields: readonly DecodeField[];
  readonly #cursor = new AvroCursor();
  readonly #row: (Value | undefined)[];
  /** By place in the row, how the schema writes it; null where it does not. */
  readonly #written: (AvroType | null)[];
  readonly #read: Step | null;
  readonly #type: AvroType;

  constructor(type: AvroType, fields: readonly DecodeField[]) {
    this.#type = type;
    this.#fields = fields;
    this.#row = fields.map(() => null);
    this.#written = fields.map(() => null);
    const top: Wanted = { here: [], below: new Map() };
    fields.forEach((field, place) => {
      let at = top;
      for (const name of field.path) {
        const next = at.below.get(name) ?? { here: [], below: new Map() };
        at.below.set(name, next);
        at = next;
      }
      at.here.push(place);
    });
    this.#read = type.kind === 'record' ? this.#record(type, top) : null;
  }

  /** The row, which is used again for the next record, or what is wrong. */
  read(bytes: Buffer, from: number, until: number): readonly Value[] | BadRecord {
    if (this.#read === null)
      return misfit({ field: '', value: `an Avro ${describeAvro(this.#type)}`, expected: 'an Avro record' });
    this.#cursor.set(bytes, from, until);
    this.#row.fill(null);
    try {
      this.#read(this.#cursor, this.#row);
    } catch (error) {
      if (error instanceof AvroError) return broken(error.message);
      throw error;
    }
    if (!this.#cursor.isAtEnd) return broken(`${until - this.#cursor.at} bytes are left over`);
    for (const [place, field] of this.#fields.entries()) {
      const value = this.#row[place];
      if (value === undefined || (value === null && !field.nullable)) return this.#misfit(place, field);
    }
    return this.#row as Value[];
  }

  #misfit(place: number, field: DecodeField): BadRecord {
    const written = this.#written[place];
    const isNull = this.#row[place] === null;
    const value = written === null || written === undefined ? 'nothing' : `Avro ${describeAvro(written)}`;
    return misfit({
      field: field.name,
      value: isNull && value !== 'nothing' ? 'null' : value,
      expected: jsonExpectation(field.type, field.format),
    });
  }

  #record(type: AvroRecord, wanted: Wanted): Step {
    const steps = type.fields.map(({ name, type: own }): Step => {
      const found = wanted.below.get(name);
      return found === undefined ? (cursor) => cursor.pass(own) : this.#field(own, found);
    });
    return (cursor, row) => {
      for (const step of steps) step(cursor, row);
    };
  }

  /** What is wanted more than once is read more than once. */
  #field(type: AvroType, wanted: Wanted): Step {
    const steps = wanted.here.map((place): Step => {
      this.#written[place] = type;
      const field = this.#fields[place] as DecodeField;
      const read: ReadAvro = avroReader(type, field.type, field.format);
      return (cursor, row) => {
        row[place] = read(cursor);
      };
    });
    if (wanted.below.size > 0) steps.push(this.#below(type, wanted));
    return (cursor, row) => {
      const { at } = cursor;
      for (const step of steps) {
        cursor.at = at;
        step(cursor, row);
      }
    };
  }

  #below(type: AvroType, wanted: Wanted): Step {
    if (type.kind === 'record') return this.#record(type, wanted);
    if (type.kind !== 'union') return (cursor) => cursor.pass(type);
    const branches = type.branches.map((branch) => this.#below(branch, wanted));
    return (cursor, row) => cursor.branch(branches)(cursor, row);
  }
}

const broken = (why: string): BadRecord => ({
  code: 'R-DECODE',
  message: `The value does not fit the Avro schema that it names: ${why}.`,
  expected: 'bytes as that schema has them',
  next: 'Look at who writes it: the schema id may be a wrong one.',
});
