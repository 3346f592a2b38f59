/** Why nothing comes out, or less than one would think: what was found, where, with the evidence, and what would mend it. */
import type { EvidenceOf } from '../contract/evidence.ts';

/** An edit of the document: the value at a path; left out: it is removed. */
export interface Fix {
  readonly edits: readonly { readonly path: readonly (string | number)[]; readonly value: unknown }[];
}

/** Times and durations are ms. What a finding says in a language is made of these. */
export interface Facts {
  /** A source has given nothing yet. */
  'no-input': Record<string, never>;
  /** A source is at its end, and nothing waits below it any more. */
  'source-ended': {
    readonly records: number;
    /** Its watermark stays, so that what is open stays open. */
    readonly holds: boolean;
  };
  /** Records of a node cannot be used. */
  unusable: {
    readonly count: number;
    readonly of: number;
    readonly first: Pick<EvidenceOf<'unusable'>, 'code' | 'message' | 'record'> | null;
  };
  /** A filter lets nothing through. */
  'all-filtered': {
    readonly count: number;
    readonly last: Pick<EvidenceOf<'rejected'>, 'record' | 'parts'> | null;
  };
  /** One partition keeps the watermark of its source back. */
  'held-by-partition': {
    readonly partition: string;
    /** Null: it has none yet. */
    readonly watermark: number | null;
    /** Since its last record; null: it gave none. */
    readonly quietMs: number | null;
    /** Where the watermark would be without it. */
    readonly others: number;
  };
  /** A window waits for the watermark. */
  'window-open': {
    /** At which watermark. Of a session: not before. */
    readonly due: number;
    readonly watermark: number | null;
    readonly open: number;
  };
  /** Sessions go on, as records of a key come within the gap. */
  'session-open': {
    readonly due: number;
    readonly watermark: number | null;
    readonly open: number;
    readonly gap: string;
  };
  /** Most records come after the watermark. */
  'all-late': {
    readonly late: number;
    readonly of: number;
    /** How far behind the watermark: the middle one, and the one below which are 99 %. */
    readonly median: number;
    readonly most: number;
    /** The source's bound, and the one that would have kept 99 %. */
    readonly bound: string | null;
    readonly better: string | null;
  };
  /** Event times are of another unit than they are read as. */
  'time-unit': { readonly newest: number; readonly wouldBe: number; readonly unit: 's' | 'ms' | 'µs' };
  /** Event times of records that come now are whole hours away from the clock. */
  'time-zone': { readonly newest: number; readonly now: number; readonly hours: number };
  /** A record from the future took the watermark with it. */
  'from-the-future': { readonly from: number; readonly to: number; readonly late: number };
  /** Both sides of a join have rows, and no keys meet. */
  'no-match': {
    readonly sides: EvidenceOf<'keys'>['sides'];
    /** By side, the share of the sample with NULL in a key. */
    readonly nulls: readonly number[];
    /** The keys would meet without blanks at their ends, or if case did not count. */
    readonly almost: 'blanks' | 'case' | null;
  };
  /** A node below cannot take more. */
  'back-pressure': { readonly culprit: string; readonly share: number; readonly fill: number };
  /** Rows are written and become visible with the next checkpoint. */
  'waits-for-checkpoint': { readonly rows: number; readonly every: string };
}
export type FindingCode = keyof Facts;

export type Finding = {
  [C in FindingCode]: {
    readonly code: C;
    readonly node: string;
    readonly facts: Facts[C];
    readonly fix: Fix | null;
  };
}[FindingCode];
