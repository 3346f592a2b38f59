/**
 * How a checkpoint lies on the disk: `chk-000012.state`, the parts of all nodes one after the other, and `chk-000012.json`, the manifest, which says what
 * they are and what their bytes, and its own, must add up to. The manifest is written last, aside, and renamed: what has one is whole.
 */
import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import { z } from 'zod';
import { problem, showValue, WeirError } from '../contract/problems.ts';

/** Raised with every change that an older Weir would misread. */
export const CHECKPOINT_VERSION = 1;

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
      offset: z.int().min(0),
      bytes: z.int().min(0),
      sha256: z.string(),
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
}

export interface EncodedPart {
  readonly entry: Manifest['parts'][number];
  readonly bytes: Buffer;
}

export function encodeParts(parts: readonly Part[]): EncodedPart[] {
  let offset = 0;
  return parts.map(({ node, type, origin, state }) => {
    const bytes = serialize(state);
    const entry = { node, type, origin, offset, bytes: bytes.length, sha256: hashOf(bytes) };
    offset += bytes.length;
    return { entry, bytes };
  });
}

export const hashOf = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

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

/** @throws WeirError `K-BROKEN` where bytes are missing or not those that were written */
export function decodeParts(manifest: Manifest, bytes: Buffer, path: string): Map<string, Part> {
  return new Map(
    manifest.parts.map(({ node, type, origin, offset, bytes: length, sha256 }) => {
      const own = bytes.subarray(offset, offset + length);
      if (own.length !== length) throw broken(path, `the state of ${node} is cut off`);
      if (hashOf(own) !== sha256) throw broken(path, `the state of ${node} is not what was written`);
      return [node, { node, type, origin, state: deserialize(own) as unknown }];
    }),
  );
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
