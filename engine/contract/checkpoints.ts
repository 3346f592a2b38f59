/** Checkpoints as people see them: what a run tells of each, and what a folder of them holds. */
import { z } from 'zod';
import { problem, showValue, WeirError } from './problems.ts';

/** The newest checkpoint that is whole. */
export const LATEST = 'latest';

/** Of a savepoint: it is typed on a command line and read in a list. */
export const zSavepointName = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\p{L}\p{N}_][\p{L}\p{N}_. -]*$/u, {
    error: 'expected letters, digits, spaces, . _ or -, first a letter or digit',
  })
  // Both say which checkpoint to go on from.
  .refine((name) => name !== LATEST && !/^\d+$/.test(name), {
    error: 'expected a name that is neither a number nor "latest"',
  });

/** @throws WeirError `K-NAME` where no savepoint can have the name */
export function checkSavepointName(name: string): void {
  const parsed = zSavepointName.safeParse(name);
  if (parsed.success) return;
  throw new WeirError(
    problem('K-NAME', {
      path: [],
      message: 'A savepoint cannot have this name.',
      value: showValue(name),
      expected: (parsed.error.issues[0]?.message ?? 'another name').replace(/^expected /, ''),
      next: 'Pick another name.',
    }),
  );
}

const zNodeShare = z.object({
  node: z.string(),
  /** Of its state on the disk; null: not written yet. */
  bytes: z.number().nullable(),
  /** How long the barrier stood in front of it, ms; null: it still does. */
  alignedMs: z.number().nullable(),
  /** Rows that an unaligned barrier overtook on its way to it; left out: none. */
  overtaken: z.number().optional(),
});

/** Sent when it begins, whenever a node has taken its part, and at its end. */
export const zCheckpointReport = z.object({
  id: z.int(),
  /** Of a savepoint. */
  name: z.string().nullable(),
  /** `restored`: the run goes on from it. */
  status: z.enum(['running', 'complete', 'failed', 'restored']),
  /** By the machine's clock, ms. */
  takenAt: z.number(),
  /** From the barrier to now, or to its end, ms. */
  tookMs: z.number(),
  /** How long the run stood still for it: the copy of all state, ms. */
  stalledMs: z.number(),
  /** Of all state that it holds; null: not known yet. */
  bytes: z.number().nullable(),
  /** Of them, those that it wrote: the others an earlier one had written. */
  writtenBytes: z.number().nullable(),
  nodes: z.array(zNodeShare),
  /** Why it failed. */
  cause: z.string().nullable(),
});
export type CheckpointReport = z.output<typeof zCheckpointReport>;

/** Whose checkpoints: the path of a document, or a name that a window made up for one without a file. */
export const zCheckpointOwner = z.string().min(1).max(4200);

const zKeptCheckpoint = z.object({
  id: z.int(),
  name: z.string().nullable(),
  takenAt: z.number(),
  tookMs: z.number(),
  bytes: z.number(),
  writtenBytes: z.number(),
  nodes: z.array(z.object({ node: z.string(), bytes: z.number(), overtaken: z.number().optional() })),
});
export type KeptCheckpoint = z.output<typeof zKeptCheckpoint>;

/** What lies in the folder of a document's runs. */
export const zKeptCheckpoints = z.object({
  /** `unfinished`: its last run was neither stopped by a person nor came to its end. */
  state: z.enum(['none', 'running', 'unfinished', 'ended']),
  /** Newest first. */
  checkpoints: z.array(zKeptCheckpoint),
  /** What is said of those that cannot be read. */
  broken: z.array(z.string()),
});
export type KeptCheckpoints = z.output<typeof zKeptCheckpoints>;
