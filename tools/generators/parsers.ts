/** The tables of the parsers, each from its grammar. */
import { readFile } from 'node:fs/promises';
import { buildParserFile } from '@lezer/generator';
import type { Generator } from '../generate.ts';

function parserFile(path: string, grammar: string, part: 'parser' | 'terms'): Generator {
  return {
    path,
    make: async () => {
      const text = await readFile(new URL(`../../${grammar}`, import.meta.url), 'utf8');
      const built = buildParserFile(text, { fileName: grammar, typeScript: true, moduleStyle: 'es' });
      const head = `// Made from ${grammar} by \`npm run generate\`: not to be edited.\n`;
      return head + built[part].replace(/^\/\/ This file was generated.*\n/, '');
    },
  };
}

const SQL = 'engine/expressions/sql.grammar';
const PATTERN = 'engine/operators/pattern/language/pattern.grammar';

export const parsers: readonly Generator[] = [
  parserFile('engine/expressions/sql-parser.generated.ts', SQL, 'parser'),
  parserFile('engine/expressions/sql-terms.generated.ts', SQL, 'terms'),
  parserFile('engine/operators/pattern/language/pattern-parser.generated.ts', PATTERN, 'parser'),
];
