/** What a checkpoint keeps of a file sink. */
import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import type { JsonData } from '../../runtime/contracts.ts';
import { keptOfSink } from '../../runtime/kept-of-sink.ts';
import type { PartPlace } from './part-file.ts';

const zPart = z.object({
  /** As in the settings: a project may be moved with its checkpoints. */
  folder: z.string(),
  part: z.string().regex(/^\.[^/\\]+\.part$/),
  name: z.string().regex(/^[^./\\][^/\\]*$/),
  startedAt: z.number(),
  rows: z.int().min(0),
  /** Its length at the checkpoint. */
  bytes: z.int().min(0),
});
export type SavedPart = z.output<typeof zPart>;

const zPrepared = z.object({
  /** In the names of all parts. */
  token: z.string().regex(/^[0-9a-f]{8}$/),
  /** Of the next file. */
  number: z.int().min(1),
  /** Rows that were visible. */
  committed: z.int().min(0),
  /** Whole parts that become visible with this checkpoint. */
  pending: z.array(zPart),
  /** The part that rows were written to, and how its lines are made. */
  open: zPart.extend({ encoding: z.string() }).nullable(),
});
export type Prepared = z.output<typeof zPrepared>;

/** @throws WeirError R-NODE where it is something else */
export const readPrepared = (data: JsonData, nodeId: string): Prepared =>
  keptOfSink(data, zPrepared, { nodeId, sink: 'file sink', expected: 'the parts that were written' });

export const folderOf = (folder: string, baseDir: string): string =>
  isAbsolute(folder) ? folder : resolve(baseDir, folder);

/** Where a part stands now. */
export const placeOf = (saved: SavedPart, baseDir: string): PartPlace & { readonly rows: number } => ({
  ...saved,
  folder: folderOf(saved.folder, baseDir),
});
