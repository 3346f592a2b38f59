/** From the path of the settings to the files that are read. */
import { existsSync } from 'node:fs';
import { glob, readdir, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { problem, showValue, WeirError } from '../../contract/problems.ts';
import { fileError, missing } from './errors.ts';

/** npm packages that hold nothing but data and come with Weir: examples read them where they are. */
const DATA_PACKAGES: readonly string[] = ['vega-datasets'];
const PACKAGE = 'package:';
/** More is a sign of a glob that went wrong. */
export const FILES_MAX = 10_000;

export interface Located {
  /** Absolute paths, sorted by name. */
  readonly files: readonly string[];
  /** Names below the folder or the fixed part of the glob: what partitions and positions are called by. */
  nameOf(file: string): string;
}

/** Throws C-MISSING, C-ACCESS or C-LIMIT. */
export async function locateFiles(path: string, baseDir: string): Promise<Located> {
  const full = path.startsWith(PACKAGE)
    ? packagePath(path)
    : isAbsolute(path)
      ? path
      : resolve(baseDir, path);
  let files: string[];
  let root: string;
  try {
    ({ files, root } = await match(full));
  } catch (error) {
    throw fileError(error, full);
  }
  if (files.length === 0) throw new WeirError(missing(full, 'No file is there.'));
  if (files.length > FILES_MAX) {
    throw new WeirError(
      problem('C-LIMIT', {
        path: ['config', 'path'],
        message: `${files.length} files match.`,
        value: showValue(full),
        expected: `at most ${FILES_MAX} files`,
        next: 'Narrow the path.',
      }),
    );
  }
  return { files: files.sort(), nameOf: (file) => relative(root, file) };
}

async function match(full: string): Promise<{ files: string[]; root: string }> {
  const found = await stat(full).catch((error: unknown) => {
    if (isGlob(full)) return null;
    throw error;
  });
  if (found === null) {
    const files: string[] = [];
    for await (const entry of glob(full, { withFileTypes: true })) {
      if (entry.isFile() && isShown(entry.name)) files.push(join(entry.parentPath, entry.name));
    }
    return { files, root: fixedPart(full) };
  }
  // Opening a pipe or a device may wait for ever.
  if (!found.isDirectory() && !found.isFile()) throw new Error('it is neither a file nor a folder');
  if (found.isFile()) return { files: [full], root: dirname(full) };
  const entries = await readdir(full, { withFileTypes: true });
  const files = entries.filter((e) => e.isFile() && isShown(e.name)).map((e) => join(full, e.name));
  return { files, root: full };
}

/** The folders of a glob before its first pattern. */
function fixedPart(full: string): string {
  let folder = dirname(full);
  while (isGlob(folder)) folder = dirname(folder);
  return folder;
}

const isGlob = (path: string): boolean => /[*?[{]/.test(path);
/** Hidden files are other programs' unfinished ones. */
const isShown = (name: string): boolean => !name.startsWith('.');

/** `package:vega-datasets/data/x.json` → where npm put it. */
function packagePath(path: string): string {
  const [name = '', ...rest] = path.slice(PACKAGE.length).split('/');
  const inside = rest.join('/');
  if (!DATA_PACKAGES.includes(name)) {
    throw new WeirError(
      problem('C-ACCESS', {
        path: ['config', 'path'],
        message: `${showValue(name)} is not a package of sample data that Weir brings along.`,
        value: showValue(path),
        expected: `one of ${DATA_PACKAGES.join(', ')}`,
        next: 'Give the path of a file instead.',
      }),
    );
  }
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const root = join(folder, 'node_modules', name);
    if (existsSync(root)) {
      const full = resolve(root, inside);
      if (full.startsWith(root + sep)) return full;
      break;
    }
    if (dirname(folder) === folder) break;
  }
  throw new WeirError(
    missing(
      path,
      `The sample data of ${name} is not installed, or the path leaves it.`,
      'Run npm install in Weir.',
    ),
  );
}
