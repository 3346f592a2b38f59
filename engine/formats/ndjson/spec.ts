import { z } from 'zod';

/** One JSON object a line (NDJSON, JSON Lines). */
export const zNdjson = z.strictObject({ kind: z.literal('ndjson') });
export type NdjsonSettings = z.output<typeof zNdjson>;
