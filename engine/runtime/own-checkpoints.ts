/** Runs that need checkpoints to go on after a failure, and were given no folder for them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asksForCheckpoints } from '../plan/guarantees.ts';
import type { RunRequest } from './run-api.ts';

/**
 * The request with a folder for checkpoints, where the document asks for some: for the life of this run, so it goes on after failures, but
 * not after the death of its process.
 * @returns `remove`: to be called when the run is over
 */
export async function withOwnCheckpoints(
  request: RunRequest,
): Promise<{ readonly request: RunRequest; remove(): Promise<void> }> {
  const { options, document } = request;
  if (options.checkpoints !== undefined || !asksForCheckpoints(document.settings))
    return { request, remove: async () => {} };
  const folder = await mkdtemp(join(tmpdir(), 'weir-run-'));
  return {
    request: { ...request, options: { ...options, checkpoints: { folder } } },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
