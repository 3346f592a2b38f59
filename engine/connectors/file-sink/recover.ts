/** What a file sink finds when a run goes on from a checkpoint. */
import { join } from 'node:path';
import { problem, showValue, WeirError } from '../../contract/problems.ts';
import type { FileInfo, Files } from '../../files/files.ts';
import { isPartOf, PartFile, type PartPlace, pathOf } from './part-file.ts';
import { placeOf, type SavedPart } from './prepared.ts';
import { visibleName } from './publish.ts';

export interface RecoverContext {
  readonly files: Files;
  readonly nodeId: string;
  readonly baseDir: string;
  log(level: 'info' | 'warning' | 'error', text: string): void;
}

/** The part that rows were written to, ready for more; null where its run made it visible before it died. */
export async function resumeOpen(saved: SavedPart, context: RecoverContext): Promise<PartFile | null> {
  const { files, baseDir } = context;
  const place = placeOf(saved, baseDir);
  const info = await files.info(pathOf(place));
  const visible =
    info === null
      ? await files.info(join(place.folder, place.name))
      : info.links > 1 && (await visibleName(files, place.folder, info.id)) !== null
        ? info
        : null;
  if (visible !== null) {
    checkLength(visible, saved, context);
    await files.remove(pathOf(place));
    if (visible.size > saved.bytes) toldTwice(saved, context);
    return null;
  }
  checkLength(info, saved, context);
  return PartFile.resume(files, place, saved.rows, saved.bytes);
}

/** Whole parts must still be there, under one of their names. Those that are gone were taken by whoever reads them. */
export async function checkPending(pending: readonly SavedPart[], context: RecoverContext): Promise<void> {
  const { files, baseDir, log } = context;
  for (const saved of pending) {
    const place = placeOf(saved, baseDir);
    const info = await files.info(pathOf(place));
    if (info !== null) checkLength(info, saved, context);
    else if ((await files.info(join(place.folder, place.name))) === null)
      log(
        'warning',
        `${saved.name} is not there: it was complete at the checkpoint, and someone took it since.`,
      );
  }
}

/** Removes parts that were begun after the checkpoint. */
export async function removeLater(
  folders: readonly string[],
  token: string,
  open: PartPlace | null,
  files: Files,
): Promise<void> {
  for (const folder of new Set(folders)) {
    for (const file of await files.list(folder)) {
      const isOpen = open !== null && open.folder === folder && open.part === file;
      if (isPartOf(file, token) && !isOpen) await files.remove(join(folder, file));
    }
  }
}

function checkLength(info: FileInfo | null, saved: SavedPart, { nodeId, baseDir }: RecoverContext): void {
  if (info !== null && info.size >= saved.bytes) return;
  const { folder, part } = placeOf(saved, baseDir);
  throw new WeirError(
    problem(info === null ? 'C-MISSING' : 'C-FORMAT', {
      path: ['nodes', nodeId, 'config', 'folder'],
      message:
        info === null
          ? `The file ${part} of the checkpoint is not in ${folder}: its ${saved.rows} rows would be lost.`
          : `The file ${part} in ${folder} is shorter than at the checkpoint: rows of it are lost.`,
      value: showValue(info === null ? part : `${info.size} bytes`),
      expected: `a file of at least ${saved.bytes} bytes`,
      next: 'Put it back, go on from another checkpoint, or start from the beginning.',
    }),
  );
}

/** An older checkpoint than the last one was gone on from: what readers see cannot be taken back. */
const toldTwice = ({ name, rows }: SavedPart, { log }: RecoverContext): void =>
  log(
    'warning',
    `${name} was made visible after this checkpoint, with more than the ${rows} rows of then: they will be there twice.`,
  );
