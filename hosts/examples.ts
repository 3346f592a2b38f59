/** The examples that Weir brings along. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DOCUMENT_SIZE_MAX } from '../engine/contract/document.ts';
import type { ExampleEntry } from '../engine/contract/host.ts';
import { DOCUMENT_EXTENSION, readTextFile } from './documents.ts';

/** The first one that a newcomer should see comes first. */
const ORDER = [
  'flight-delays',
  'generator',
  'busiest-airports',
  'early-results',
  'leaderboard',
  'ad-clicks',
  'aftershocks',
  'earthquakes',
  'thermostat',
  'http-events',
  'flights-3m',
];

/** In the order of the start screen. Rejects with Node's file system errors. */
export async function readExamples(folder: string): Promise<ExampleEntry[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(DOCUMENT_EXTENSION));
  const rank = (fileName: string): number => {
    const at = ORDER.indexOf(fileName.slice(0, -DOCUMENT_EXTENSION.length));
    return at < 0 ? ORDER.length : at;
  };
  names.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  return Promise.all(
    names.map(async (fileName) => {
      const text = await readTextFile(join(folder, fileName), DOCUMENT_SIZE_MAX);
      return { name: titleOf(text) ?? fileName.slice(0, -DOCUMENT_EXTENSION.length), fileName, text };
    }),
  );
}

function titleOf(text: string): string | null {
  try {
    const json: unknown = JSON.parse(text);
    const name = typeof json === 'object' && json !== null && 'name' in json ? json.name : null;
    return typeof name === 'string' && name !== '' ? name : null;
  } catch {
    return null; // shown all the same: the studio says what is wrong with it
  }
}
