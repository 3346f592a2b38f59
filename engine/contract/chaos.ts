/**
 * Failures that are injected into a run on purpose, as data (`settings.chaos`) and as the text of `weir run --chaos`. The same seed
 * gives the same failures.
 */
import { z } from 'zod';
import { parseDuration, printDuration } from './duration.ts';
import { zDuration, zPositiveDuration, zSignedDuration } from './settings.ts';

const zNode = z
  .string()
  .max(64)
  .regex(/^[A-Za-z][A-Za-z0-9_-]*$/, { error: 'expected the id of a node' });
const zChance = z.number().gt(0).max(1);
const zRecord = z.int().min(1);

export const zFault = z.discriminatedUnion('kind', [
  /**
   * The node fails when its record of this number comes, once; or at any record, by chance, again and again. Records count from the start,
   * or from the last restart.
   */
  z
    .strictObject({
      kind: z.literal('fail'),
      node: zNode,
      record: zRecord.optional(),
      chance: zChance.optional(),
    })
    .refine((fault) => (fault.record === undefined) !== (fault.chance === undefined), {
      error: 'expected either "record" or "chance"',
    }),
  /** The engine's process dies as by kill -9, this long after the start of the run, or somewhere between the two. */
  z.strictObject({ kind: z.literal('kill'), after: zDuration, until: zDuration.optional() }),
  /** A partition gives nothing for a while. What comes of it meanwhile is given when that is over. */
  z.strictObject({
    kind: z.literal('stall'),
    source: zNode,
    partition: z.string().min(1).max(4096),
    after: zDuration,
    for: zPositiveDuration,
  }),
  /** Every batch takes the sink longer by this. */
  z.strictObject({ kind: z.literal('slow'), sink: zNode, by: zPositiveDuration }),
  /** Records cannot be read, by chance: they are bad records as any. */
  z.strictObject({ kind: z.literal('bad'), source: zNode, chance: zChance }),
  /** The disk is full when the sink has written this many bytes. */
  z.strictObject({ kind: z.literal('full'), sink: zNode, bytes: z.int().min(0) }),
  /** The sink's commit of this number succeeds, but the answer that says so is lost, once; or every answer comes later. */
  z
    .strictObject({
      kind: z.literal('ack'),
      sink: zNode,
      commit: zRecord.optional(),
      by: zPositiveDuration.optional(),
    })
    .refine((fault) => (fault.commit === undefined) !== (fault.by === undefined), {
      error: 'expected either "commit" or "by"',
    }),
  /** The run's clock jumps, forward or back. */
  z.strictObject({ kind: z.literal('jump'), by: zSignedDuration, after: zDuration }),
]);
export type Fault = z.output<typeof zFault>;

export const zChaos = z.strictObject({
  /** Of everything that is left to chance. Left out: the run's. */
  seed: z.int().min(0).max(0xffff_ffff).optional(),
  faults: z.array(zFault).min(1).max(100),
});
export type Chaos = z.output<typeof zChaos>;

/** For the help of the command line. */
export const CHAOS_SYNTAX = `fail=NODE@N          NODE fails at its Nth record since the start or the last restart, once
fail=NODE~P          NODE fails at any record with chance P (0 to 1)
kill@T, kill@T..T    the engine dies as by kill -9 at that time of the run, or at random between the two
stall=SOURCE:P@T+D   partition P of SOURCE gives nothing from T on for D, then all that it held back
slow=SINK:D          every batch takes SINK longer by D
bad=SOURCE~P         records of SOURCE cannot be read, with chance P
full=SINK@BYTES      the disk is full when SINK has written so much
ack=SINK@N           SINK commits its Nth checkpoint, but the answer is lost; ack=SINK:D: every answer comes later by D
jump=D@T             the run's clock jumps by D (also back: -1h)
seed=S               of what is left to chance`;

const ID = '([A-Za-z][A-Za-z0-9_-]*)';
const NUMBER = '(\\d+(?:\\.\\d+)?(?:e-\\d+)?)';
const SPAN = '(-?[0-9.a-z ]+)';

/** How each fault is written: a pattern of its whole text, and what its groups are. */
const FORMS: readonly (readonly [RegExp, (...groups: string[]) => unknown])[] = [
  [form(`fail=${ID}@(\\d+)`), (node, record) => ({ kind: 'fail', node, record: Number(record) })],
  [form(`fail=${ID}~${NUMBER}`), (node, chance) => ({ kind: 'fail', node, chance: Number(chance) })],
  [
    form('kill@([0-9a-z ]+)\\.\\.([0-9a-z ]+)'),
    (from, to) => ({ kind: 'kill', after: span(from), until: span(to) }),
  ],
  [form(`kill@${SPAN}`), (after) => ({ kind: 'kill', after: span(after) })],
  [
    form(`stall=${ID}:(.+)@${SPAN}\\+${SPAN}`),
    (source, partition, after, time) => ({
      kind: 'stall',
      source,
      partition,
      after: span(after),
      for: span(time),
    }),
  ],
  [form(`slow=${ID}:${SPAN}`), (sink, by) => ({ kind: 'slow', sink, by: span(by) })],
  [form(`bad=${ID}~${NUMBER}`), (source, chance) => ({ kind: 'bad', source, chance: Number(chance) })],
  [form(`full=${ID}@(\\d+)`), (sink, bytes) => ({ kind: 'full', sink, bytes: Number(bytes) })],
  [form(`ack=${ID}@(\\d+)`), (sink, commit) => ({ kind: 'ack', sink, commit: Number(commit) })],
  [form(`ack=${ID}:${SPAN}`), (sink, by) => ({ kind: 'ack', sink, by: span(by) })],
  [form(`jump=${SPAN}@${SPAN}`), (by, after) => ({ kind: 'jump', by: span(by), after: span(after) })],
];

function form(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`);
}

/** A number without a unit is ms. What is no duration stays as it is, and is refused by the schema. */
function span(text = ''): string {
  const ms = /^\d+$/.test(text.trim()) ? Number(text) : parseDuration(text);
  return ms === null ? text : printDuration(ms);
}

/** Faults with commas between them. A string says what is wrong with the first that is not understood. */
export function parseChaos(text: string): Chaos | string {
  let seed: number | undefined;
  const faults: unknown[] = [];
  for (const part of text.split(',').map((piece) => piece.trim())) {
    const seeded = /^seed=(\d+)$/.exec(part)?.[1];
    if (seeded !== undefined) {
      seed = Number(seeded);
      continue;
    }
    const made = faultIn(part);
    if (typeof made === 'string') return made;
    faults.push(made);
  }
  const parsed = zChaos.safeParse({ ...(seed === undefined ? {} : { seed }), faults });
  if (parsed.success) return parsed.data;
  return faults.length === 0 ? 'it names no failure' : 'seed: expected a whole number up to 4294967295';
}

function faultIn(part: string): Fault | string {
  for (const [pattern, make] of FORMS) {
    const groups = pattern.exec(part)?.slice(1);
    if (groups === undefined) continue;
    const parsed = zFault.safeParse(make(...groups));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    return `${part}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is not understood'}`;
  }
  return `${JSON.stringify(part)} is none of the failures that can be injected`;
}
