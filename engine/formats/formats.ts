/** The formats that are read record by record. Parquet is read by columns: `parquet/reader.ts`. */
import type { Codec, CodecOptions } from './codec.ts';
import { csvCodec } from './csv/codec.ts';
import { jsonCodec } from './json/codec.ts';
import { ndjsonCodec } from './ndjson/codec.ts';
import type { KnownFormat } from './spec.ts';

export function textCodec(format: KnownFormat, options: CodecOptions): Codec {
  switch (format.kind) {
    case 'ndjson':
      return ndjsonCodec(options);
    case 'json':
      return jsonCodec(format, options);
    case 'csv':
      return csvCodec(format, options);
    case 'parquet':
      throw new Error('Parquet is not read record by record');
  }
}
