/**
 * What a run has seen of its records beside its figures: enough to say why nothing comes out. Sampled, a few lines a node, at most once a
 * second.
 */
import { z } from 'zod';

const zCell = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const zValue = z.object({ name: z.string(), type: z.string(), value: zCell });
export type EvidenceValue = z.output<typeof zValue>;

export const zEvidence = z.discriminatedUnion('kind', [
  /** A source's event times, ms. */
  z.object({
    kind: z.literal('times'),
    node: z.string(),
    oldest: z.number(),
    newest: z.number(),
    /** The widest step that the newest time took at once, after the first batch: from, to. */
    jump: z.object({ from: z.number(), to: z.number() }).nullable(),
  }),
  /** Records that came too late for an operator: how far each was behind the watermark that it was judged by, ms, ascending. A sample. */
  z.object({ kind: z.literal('late'), node: z.string(), behind: z.array(z.number()).min(1) }),
  /** The watermark at which an operator fires next; null: nothing waits. */
  z.object({ kind: z.literal('firing'), node: z.string(), due: z.number().nullable() }),
  /** The last record that a filter did not let through, and what each part of its condition said. */
  z.object({
    kind: z.literal('rejected'),
    node: z.string(),
    record: z.array(zValue),
    parts: z.array(z.object({ text: z.string(), value: z.boolean().nullable() })).min(1),
  }),
  /** The first record that a node could not use. */
  z.object({
    kind: z.literal('unusable'),
    node: z.string(),
    code: z.string(),
    message: z.string(),
    record: z.string(),
  }),
  /** The last keys of both sides of a join. */
  z.object({
    kind: z.literal('keys'),
    node: z.string(),
    sides: z.array(
      z.object({
        port: z.string(),
        fields: z.array(z.object({ name: z.string(), type: z.string() })),
        rows: z.array(z.array(zCell)),
      }),
    ),
  }),
]);
export type Evidence = z.output<typeof zEvidence>;
export type EvidenceOf<K extends Evidence['kind']> = Extract<Evidence, { readonly kind: K }>;
