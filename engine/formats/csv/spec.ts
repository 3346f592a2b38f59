import { z } from 'zod';
import { setting } from '../../contract/spec.ts';

/**
 * Lines of delimited text (RFC 4180: quotes around cells that hold the delimiter, a quote or a line break). An empty
 * cell is NULL; an empty cell in quotes, or in a STRING field that is not nullable, is the empty text.
 */
export const zCsv = z.strictObject({
  kind: z.literal('csv'),
  header: setting(z.boolean().default(true), {
    title: 'First line has names',
    widget: 'switch',
    description: 'Without it the fields of the schema are the columns, in their order',
  }),
  delimiter: setting(z.enum([',', ';', '\t', '|']).default(','), {
    title: 'Delimiter',
    widget: 'select',
    labels: { ',': 'Comma', ';': 'Semicolon', '\t': 'Tab', '|': 'Bar' },
  }),
});
export type CsvSettings = z.output<typeof zCsv>;
