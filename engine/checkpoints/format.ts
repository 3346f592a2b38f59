/**
 * How a checkpoint lies on the disk: `chk-000012.state`, blocks of state one after the other, and `chk-000012.json`, the manifest, which says
 * which blocks, of this file and of earlier ones, make up the state of each node, and what they and it must add up to. The manifest is
 * written last, aside, and renamed: what has one is whole. A savepoint needs no file but its own two.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { problem, showValue, WeirError } from '../contract/problems.ts';
import { type Block, checksum } from './blocks.ts';
import { putTogether } from './pack.ts';

/** Raised with every change that an older Weir would misread. */
export const CHECKPOINT_VERSION = 1;

const zBlock = z.tuple([z.int().min(1), z.int().min(0), z.int().min(0), z.int().min(0)]);

/** What the state of a node came from. */
const zOrigin = z.strictObject({
  /** Validated settings, with defaults. */
  config: z.record(z.string(), z.unknown()),
  /** Ids of the edges that end in it, in their order. */
  edges: z.array(z.string()),
  /** By input port, and there by edge, the fields that came: `delay INT`. */
  inputs: z.array(z.array(z.array(z.string()))),
});
export type Origin = z.output<typeof zOrigin>;

const zManifest = z.strictObject({
  weirCheckpoint: z.literal(CHECKPOINT_VERSION),
  id: z.int().min(1),
  /** By the machine's clock, ms. */
  takenAt: z.number(),
  /** How long it took from the barrier to here, ms. */
  tookMs: z.number(),
  /** Of this checkpoint's own file. */
  writtenBytes: z.int().min(0),
  /** A name that people gave: a savepoint, which is not removed. */
  name: z.string().nullable(),
  /** Hash of what the graph does; layout, names and notes left out. */
  graph: z.string(),
  parts: z.array(
    z.strictObject({
      node: z.string(),
      type: z.string(),
      /** Null: of no node. */
      origin: zOrigin.nullable(),
      bytes: z.int().min(0),
      /** Rows in front of it that the barrier overtook, which are part of its state. */
      overtaken: z.int().min(1).optional(),
      /** By piece of the state, its blocks. */
      pieces: z.array(z.array(zBlock)),
    }),
  ),
});
export type Manifest = z.output<typeof zManifest>;

/** The state of one node, and of which type it is. */
export interface Part {
  readonly node: string;
  readonly type: string;
  readonly origin: Origin | null;
  /** What a structured clone can copy. */
  readonly state: unknown;
  /** Rows in it that the barrier overtook; left out: none. */
  readonly overtaken?: number;
}

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** With a hash of itself: a node's name or the name of a savepoint can be torn as well as state. */
export const writeManifest = (manifest: Manifest): string =>
  `${JSON.stringify({ ...manifest, sha256: hashOf(JSON.stringify(manifest)) }, null, 2)}\n`;

/** @throws WeirError `K-BROKEN` or `K-VERSION` */
export function readManifest(text: string, path: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw broken(path, `its manifest is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const version =
    typeof json === 'object' && json !== null ? (json as { weirCheckpoint?: unknown }).weirCheckpoint : null;
  if (typeof version === 'number' && version !== CHECKPOINT_VERSION) {
    throw new WeirError(
      problem('K-VERSION', {
        path: [],
        message: `The checkpoint ${path} has a format that this Weir does not read.`,
        value: showValue(version),
        expected: `version ${CHECKPOINT_VERSION}`,
        next: 'Go on with the Weir that wrote it, or start without it.',
      }),
    );
  }
  const { sha256 = null, ...rest } = (json ?? {}) as Record<string, unknown>;
  if (hashOf(JSON.stringify(rest)) !== sha256) throw broken(path, 'its manifest is not what was written');
  const parsed = zManifest.safeParse(rest);
  if (!parsed.success) throw broken(path, 'its manifest lacks something');
  return parsed.data;
}

export const blocksOf = ({ parts }: Manifest): Block[] => parts.flatMap((part) => part.pieces.flat());

/**
 * @param read the bytes of a block, fewer where the file ends before
 * @throws WeirError `K-BROKEN` where bytes are missing or not those that were written
 */
export async function readParts(
  manifest: Manifest,
  path: string,
  read: (block: Block, into: Uint8Array) => Promise<number>,
): Promise<Map<string, Part>> {
  const parts = new Map<string, Part>();
  for (const { node, type, origin, pieces, overtaken } of manifest.parts) {
    const whole: Uint8Array[] = [];
    for (const blocks of pieces) {
      const bytes = new Uint8Array(blocks.reduce((sum, [, , length]) => sum + length, 0));
      let at = 0;
      for (const block of blocks) {
        const own = bytes.subarray(at, at + block[2]);
        at += own.length;
        if ((await read(block, own)) !== own.length) throw broken(path, `the state of ${node} is cut off`);
        if (checksum(own) !== block[3]) throw broken(path, `the state of ${node} is not what was written`);
      }
      whole.push(bytes);
    }
    const state = putTogether(whole);
    parts.set(node, { node, type, origin, state, ...(overtaken === undefined ? {} : { overtaken }) });
  }
  return parts;
}

/** @param cause why the disk does not give it; left out where it gave something else than was written */
export const broken = (path: string, what: string, cause?: unknown): WeirError =>
  new WeirError(
    problem('K-BROKEN', {
      path: [],
      message: `The checkpoint ${path} cannot be used: ${what}.`,
      value: showValue(path),
      expected: 'the files as they were written',
      next: 'An older checkpoint is taken where there is one; look at the disk if this comes again.',
    }),
    cause === undefined ? {} : { cause },
  );
