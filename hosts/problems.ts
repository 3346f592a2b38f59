/** Failures of the file system as problems that say what to do. */
import type { HostResult } from '../engine/contract/host.ts';
import { type Problem, problem, showValue, WeirError } from '../engine/contract/problems.ts';

/** Runs `work`; a failure that a user can cause is a failed result. Anything else is our own mistake and rejects. */
export async function attempt<T>(path: string, work: () => Promise<T>): Promise<HostResult<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (error instanceof WeirError) return { ok: false, problem: error.problem };
    if (error instanceof Error && 'code' in error) return { ok: false, problem: fileProblem(error, path) };
    throw error;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'You may not read or write it.',
  EPERM: 'You may not read or write it.',
  EROFS: 'The disk is read-only.',
  ENOSPC: 'The disk is full.',
  EISDIR: 'It is a folder.',
  ENOTDIR: 'A part of its path is not a folder.',
  ENAMETOOLONG: 'Its name is too long.',
  ELOOP: 'Its links form a circle.',
  EMFILE: 'Too many files are open.',
};

export function fileProblem(error: Error & { code?: unknown }, path: string): Problem {
  const code = typeof error.code === 'string' ? error.code : '';
  if (code === 'ENOENT') {
    return problem('C-MISSING', {
      path: [],
      message: 'The file or folder does not exist.',
      value: showValue(path),
      expected: 'a path that exists',
      next: 'Check the path; it may have been moved or renamed.',
    });
  }
  return problem('C-ACCESS', {
    path: [],
    message: `The file or folder could not be used. ${REASONS[code] ?? error.message}`,
    value: showValue(path),
    expected: 'a path that can be read and written',
    next: 'Choose another place, or change its permissions.',
  });
}
