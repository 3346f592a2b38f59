import { z } from 'zod';

/** Apache Parquet: columns of primitive types, lists (ARRAY) and structs (ROW); maps are not read. */
export const zParquet = z.strictObject({ kind: z.literal('parquet') });
export type ParquetSettings = z.output<typeof zParquet>;
