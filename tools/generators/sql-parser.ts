/** The tables of the SQL parser, from its grammar. */
import { readFile } from 'node:fs/promises';
import { buildParserFile } from '@lezer/generator';
import type { Generator } from '../generate.ts';

const GRAMMAR = 'engine/expressions/sql.grammar';
const HEAD = `// Made from ${GRAMMAR} by \`npm run generate\`: not to be edited.\n`;

async function build(): Promise<{ parser: string; terms: string }> {
  const grammar = await readFile(new URL(`../../${GRAMMAR}`, import.meta.url), 'utf8');
  return buildParserFile(grammar, { fileName: GRAMMAR, typeScript: true, moduleStyle: 'es' });
}

export const sqlParser: readonly Generator[] = [
  {
    path: 'engine/expressions/sql-parser.generated.ts',
    make: async () => HEAD + (await build()).parser.replace(/^\/\/ This file was generated.*\n/, ''),
  },
  {
    path: 'engine/expressions/sql-terms.generated.ts',
    make: async () => HEAD + (await build()).terms.replace(/^\/\/ This file was generated.*\n/, ''),
  },
];
