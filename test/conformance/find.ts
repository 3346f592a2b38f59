/** Cases in a folder: those that its index.json lists, or every JSON file under it that is one. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Json, list, looksLikeCase, object, text } from './case.ts';

export interface Found {
  readonly file: string;
  /** Set where the file could not even be looked at. */
  readonly broken: string | null;
}

export function findCases(path: string): Found[] {
  const root = resolve(path);
  if (!existsSync(root)) throw new Error(`${path} is missing`);
  if (statSync(root).isFile()) return [{ file: root, broken: null }];
  const index = join(root, 'index.json');
  const listed = existsSync(index) ? indexed(index) : [];
  // Also files beside the index that it does not list: a folder may grow faster than its index.
  const known = new Set(listed.map((f) => f.file));
  return [...listed, ...walk(root).filter((f) => !known.has(f.file))];
}

function indexed(index: string): Found[] {
  const entries = list(JSON.parse(readFileSync(index, 'utf8')) as Json);
  return entries.flatMap((entry): Found[] => {
    const file = text(object(entry)['file']);
    if (file === '') return [];
    const path = join(dirname(index), file);
    return [{ file: path, broken: existsSync(path) ? null : 'listed in index.json, but missing' }];
  });
}

function walk(folder: string): Found[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry): Found[] => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return walk(path);
    if (!entry.name.endsWith('.json')) return [];
    try {
      return looksLikeCase(path) ? [{ file: path, broken: null }] : [];
    } catch (error) {
      return [{ file: path, broken: error instanceof Error ? error.message : String(error) }];
    }
  });
}

/** A file that a step names: from the case's folder, or from one above it. */
export function findData(caseFile: string, path: string): string {
  for (let folder = dirname(caseFile); ; folder = dirname(folder)) {
    const candidate = join(folder, path);
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) throw new Error(`${path} was not found from ${caseFile} upwards`);
  }
}
