/** For tests: decodes bytes in parts of a given size and keeps what comes out. */
import type { Value } from '../batch/column.ts';
import type { SourceField } from '../contract/settings.ts';
import { type BadRecord, type Codec, type CodecOptions, type Place, START } from './codec.ts';
import { decodeFields } from './decode-fields.ts';
import { textCodec } from './formats.ts';
import type { KnownFormat } from './spec.ts';

export interface DecodedText {
  readonly rows: Value[][];
  readonly bad: (BadRecord & { raw: string; number: number })[];
  /** After every row and bad record. */
  readonly places: Place[];
  readonly warnings: string[];
}

export function decodeText(
  format: KnownFormat,
  schema: readonly SourceField[],
  input: Buffer | string,
  {
    partBytes = 65_536,
    recordBytes = 1 << 24,
    from = START,
  }: Partial<CodecOptions & { partBytes: number }> = {},
): DecodedText {
  const out: DecodedText = { rows: [], bad: [], places: [], warnings: [] };
  const warn = (text: string): void => void out.warnings.push(text);
  const codec: Codec = textCodec(format, { fields: decodeFields(schema), recordBytes, from, warn });
  const note = (offset: number, number: number): void =>
    void out.places.push({ offset, number, memo: codec.memo });
  const to = {
    row(values: readonly Value[], offset: number, number: number): void {
      out.rows.push([...values]);
      note(offset, number);
    },
    bad(record: BadRecord, raw: Buffer, offset: number, number: number): void {
      out.bad.push({ ...record, raw: raw.toString('utf8'), number });
      note(offset, number);
    },
  };
  const bytes = Buffer.from(input as Buffer).subarray(from.offset);
  for (let at = 0; at < bytes.length; at += partBytes) {
    // A copy each: nobody may count on parts that lie side by side.
    codec.push(Buffer.from(bytes.subarray(at, at + partBytes)), to);
  }
  codec.end(to);
  return out;
}
