/**
 * Which transactional ids a sink has used: kept beside the checkpoints, so that the next start, also one from the beginning, settles what a
 * death left open. Else readers of committed records would wait for the transaction timeout.
 */
import { join } from 'node:path';
import { z } from 'zod';
import type { Files } from '../../files/files.ts';

const zIds = z.strictObject({ base: z.string().min(1), count: z.int().min(0) });
export type TransactionalIds = z.output<typeof zIds>;

const NAME = 'transactional-ids.json';
/** More than it can ever be. */
const BYTES_MAX = 4096;

/** Null where there is none, or none that can be read: then nothing can be settled. */
export async function readIds(files: Files, folder: string): Promise<TransactionalIds | null> {
  const bytes = Buffer.alloc(BYTES_MAX);
  try {
    const file = await files.open(join(folder, NAME), 'read');
    const length = await file.read(bytes, 0).finally(() => file.close());
    return zIds.parse(JSON.parse(bytes.toString('utf8', 0, length)));
  } catch {
    return null;
  }
}

export async function writeIds(files: Files, folder: string, ids: TransactionalIds): Promise<void> {
  const aside = join(folder, `.${NAME}`);
  await files.remove(aside);
  const file = await files.open(aside, 'create');
  try {
    await file.write(Buffer.from(JSON.stringify(ids)), 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await files.rename(aside, join(folder, NAME));
  await files.syncFolder(folder);
}
