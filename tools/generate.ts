/**
 * `npm run generate` writes the files that are made from code (JSON Schema, reference pages, parsers);
 * `npm run generate -- --check` fails where one of them is stale.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { jsonSchema } from './generators/json-schema.ts';
import { parsers } from './generators/parsers.ts';
import { reference } from './generators/reference.ts';

export interface Generator {
  /** Relative to the checkout, with forward slashes. */
  readonly path: string;
  /** The whole file. Pure of time and machine: the same code always gives the same text. */
  readonly make: () => Promise<string>;
}

/** One entry a file, or a spread of entries where a folder of files is made from a list. */
const GENERATORS: readonly Generator[] = [...parsers, ...jsonSchema, ...reference];

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Paths whose text on disk differs from what the code makes. */
export async function staleFiles(generators: readonly Generator[], root = ROOT): Promise<readonly string[]> {
  const checks = generators.map(async ({ path, make }) => {
    const onDisk = await readFile(join(root, path), 'utf8').catch(() => undefined);
    return onDisk === (await make()) ? [] : [path];
  });
  return (await Promise.all(checks)).flat();
}

/** Writes what is stale, and returns its paths. */
export async function writeStaleFiles(
  generators: readonly Generator[],
  root = ROOT,
): Promise<readonly string[]> {
  const stale = await staleFiles(generators, root);
  for (const { path, make } of generators) {
    if (!stale.includes(path)) continue;
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), await make());
  }
  return stale;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  if (!values.check) {
    const written = await writeStaleFiles(GENERATORS);
    console.log(written.length > 0 ? `written: ${written.join(', ')}` : 'nothing was stale');
    return;
  }
  const stale = await staleFiles(GENERATORS);
  if (stale.length === 0) return;
  console.error(`stale: ${stale.join(', ')}\nRepair with: npm run generate`);
  process.exitCode = 1;
}

if (import.meta.main) await main();
