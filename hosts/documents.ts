/** Opening and saving `.weir` files. Only these: a page that was tricked must not read or write other files. */
import { readFile, stat } from 'node:fs/promises';
import { basename, extname, isAbsolute, normalize } from 'node:path';
import { DOCUMENT_SIZE_MAX } from '../engine/contract/document.ts';
import type { OpenedFile } from '../engine/contract/host.ts';
import { type ProblemCode, problem, showValue, WeirError } from '../engine/contract/problems.ts';
import { writeAtomically } from './atomic-write.ts';

export const DOCUMENT_EXTENSION = '.weir';
/** A character has up to three bytes in UTF-8 (four for two UTF-16 units); parsing then counts characters. */
const BYTES_MAX = 3 * DOCUMENT_SIZE_MAX;

/** Throws `WeirError`, or Node's file system errors. */
export async function openDocument(path: string): Promise<OpenedFile> {
  const checked = checkPath(path);
  const text = await readTextFile(checked, BYTES_MAX);
  return { path: checked, fileName: basename(checked), text };
}

export async function saveDocument(path: string, text: string): Promise<OpenedFile> {
  const checked = checkPath(path);
  if (text.length > DOCUMENT_SIZE_MAX) throw tooLarge(text.length, DOCUMENT_SIZE_MAX);
  await writeAtomically(checked, text);
  return { path: checked, fileName: basename(checked), text };
}

function checkPath(path: string): string {
  if (!isAbsolute(path)) refuse('S-VALUE', 'The path is not absolute.', path, 'an absolute path');
  const normal = normalize(path);
  if (extname(normal).toLowerCase() !== DOCUMENT_EXTENSION) {
    refuse('S-VALUE', 'This is not a .weir file.', path, `a name that ends in ${DOCUMENT_EXTENSION}`);
  }
  return normal;
}

/** A regular file of bounded size, as text; a pipe or device would never end. */
export async function readTextFile(path: string, bytesMax: number): Promise<string> {
  // Looked at before it is opened: opening a named pipe waits until someone writes to it.
  const found = await stat(path);
  if (!found.isFile()) refuse('C-ACCESS', 'This is not a regular file.', path, 'a file');
  if (found.size > bytesMax) throw tooLarge(found.size, bytesMax);
  const bytes = await readFile(path);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse('D-JSON', 'The file is not text in UTF-8.', path, 'JSON in UTF-8');
  }
}

function refuse(code: ProblemCode, message: string, value: string, expected: string): never {
  throw new WeirError(
    problem(code, { path: [], message, value: showValue(value), expected, next: 'Choose another file.' }),
  );
}

const tooLarge = (size: number, max: number): WeirError =>
  new WeirError(
    problem('D-SIZE', {
      path: [],
      message: 'The document is too large.',
      value: `${(size / 1e6).toFixed(1)} MB`,
      expected: `at most ${(max / 1e6).toFixed(1)} MB`,
      next: 'Keep data out of the document: name a file instead.',
    }),
  );
