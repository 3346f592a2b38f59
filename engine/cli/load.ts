/** A pipeline's file, read and made ready to run. */
import { dirname, resolve } from 'node:path';
import { readTextFile } from '../../hosts/documents.ts';
import { attempt } from '../../hosts/problems.ts';
import { DOCUMENT_SIZE_MAX, type GraphDocument } from '../contract/document.ts';
import { parseDocument } from '../contract/parse.ts';
import type { Problem } from '../contract/problems.ts';
import { prepareDocument } from '../coordinator/prepare.ts';
import { RUNTIMES } from '../runtimes.ts';

export interface Loaded {
  /** Null where it has errors. */
  readonly document: GraphDocument | null;
  readonly problems: readonly Problem[];
  readonly baseDir: string;
}

export async function loadPipeline(file: string): Promise<Loaded> {
  const path = resolve(file);
  const baseDir = dirname(path);
  const read = await attempt(path, () => readTextFile(path, 3 * DOCUMENT_SIZE_MAX));
  if (!read.ok) return { document: null, problems: [read.problem], baseDir };
  const parsed = parseDocument(read.value);
  if (!parsed.ok) return { document: null, problems: parsed.problems, baseDir };
  return { ...(await prepareDocument(parsed.value, baseDir, RUNTIMES.sources)), baseDir };
}
