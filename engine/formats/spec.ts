/** The formats that a file can have, as settings. One line each; `formats.ts` is the list of their code. */
import { z } from 'zod';
import { setting } from '../contract/spec.ts';
import { zCsv } from './csv/spec.ts';
import { zJson } from './json/spec.ts';
import { zNdjson } from './ndjson/spec.ts';
import { zParquet } from './parquet/spec.ts';

export const zFormat = setting(
  z.discriminatedUnion('kind', [
    /** By the file's name (`.ndjson`, `.json`, `.csv`, `.parquet`, each also with `.gz`), then by its first bytes. */
    z.strictObject({ kind: z.literal('auto') }),
    zNdjson,
    zJson,
    zCsv,
    zParquet,
  ]),
  {
    title: 'Format',
    widget: 'variants',
    labels: { auto: 'By the name', ndjson: 'NDJSON', json: 'JSON array', csv: 'CSV', parquet: 'Parquet' },
  },
);

export type FormatSettings = z.output<typeof zFormat>;
/** A format that is decided. */
export type KnownFormat = Exclude<FormatSettings, { kind: 'auto' }>;
