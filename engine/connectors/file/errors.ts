import { problem, showValue, WeirError } from '../../contract/problems.ts';

/** An error of the file system as a problem that says what to do; a WeirError stays what it is. */
export function fileError(error: unknown, path: string): WeirError {
  if (error instanceof WeirError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new WeirError(missing(path, 'There is no such file or folder.'), { cause: error });
  }
  if (code.startsWith('Z_')) {
    return new WeirError(
      problem('C-FORMAT', {
        path: ['config', 'path'],
        message: `${path} cannot be unpacked: ${messageOf(error)}.`,
        value: showValue(path),
        expected: 'a whole gzip file',
        next: 'Fetch or pack the file again: it is cut or damaged.',
      }),
      { cause: error },
    );
  }
  return new WeirError(
    problem('C-ACCESS', {
      path: ['config', 'path'],
      message: `${path} cannot be used: ${messageOf(error)}.`,
      value: showValue(path),
      expected: 'a file that Weir may read',
      next: 'Check its permissions, and that no other program holds it.',
    }),
    { cause: error },
  );
}

export const missing = (path: string, message: string, next?: string) =>
  problem('C-MISSING', {
    path: ['config', 'path'],
    message,
    value: showValue(path),
    expected: 'a file, a folder with files, or a glob that some file matches',
    next: next ?? 'Check the path. Relative paths start at the folder of the .weir file.',
  });

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
