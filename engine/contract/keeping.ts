/**
 * What of a node may change while the state that a checkpoint holds of it is kept, where a run goes on with an edited graph. A spec
 * declares it (`NodeSpec.keeps`); what is not declared is refused, and the person asked.
 */
import { parseDuration } from './duration.ts';

/** `anything`: no setting and no field of the input gives the state another meaning. */
export type StateKeeping = 'anything' | KeptThrough;

export interface KeptThrough {
  /** By path, as in `results.ttl` (with all that is below it), the changes that are allowed. */
  readonly settings: Readonly<Record<string, Allowed>>;
  /**
   * Whether fields of the input may come and go, with these settings: the state holds values that were computed of them, and no
   * rows. A field that it does use cannot go, because the graph has an error then. Left out: never.
   */
  fieldsMayChange?(config: Readonly<Record<string, unknown>>): boolean;
}

export interface Allowed {
  /** Completes "may change": empty where any change may, else `, if …`. */
  readonly when: string;
  /**
   * @param before undefined where it was left out, as `after`
   * @param config of the node after the change
   */
  fits(before: unknown, after: unknown, config: Readonly<Record<string, unknown>>): boolean;
}

/** The state does not know of it. */
const ANY_CHANGE: Allowed = { when: '', fits: () => true };

/** Of these settings the state does not know. */
export const anyChangeOf = (...paths: readonly string[]): Readonly<Record<string, Allowed>> =>
  Object.fromEntries(paths.map((path) => [path, ANY_CHANGE]));

/** Times to live: when something was written last is only known where there was one. */
export const ANOTHER_TIME: Allowed = {
  when: 'from one time to another',
  fits: (before, after) => msOf(before) !== null && msOf(after) !== null,
};

/** What was given up already does not come back. */
export const SHORTER: Allowed = {
  when: 'to a shorter time above 0',
  fits: (before, after) => {
    const [was, is] = [msOf(before), msOf(after)];
    return was !== null && is !== null && is > 0 && is <= was;
  },
};

export const SMALLER: Allowed = {
  when: 'to a smaller number',
  fits: (before, after) => typeof before === 'number' && typeof after === 'number' && after <= before,
};

/** Settings of `zTime`: the watermark of a source is made anew of the newest event time, and never goes back. */
export const SOURCE_TIME: Readonly<Record<string, Allowed>> = anyChangeOf(
  'time.watermark',
  'time.idleTimeout',
  'time.atEnd',
);

const msOf = (value: unknown): number | null => (typeof value === 'string' ? parseDuration(value) : null);

/** For the reference page: "`rate`, `ttl` (from one time to another)". */
export function printKeeping(keeps: StateKeeping | undefined): string {
  if (keeps === undefined) return 'no setting, and no field of the input';
  if (keeps === 'anything') return 'every setting, and the fields of the input';
  const settings = Object.entries(keeps.settings).map(
    ([path, { when }]) => `\`${path}\`${when === '' ? '' : ` (${when})`}`,
  );
  if (keeps.fieldsMayChange !== undefined)
    settings.push('fields of the input, which may come and go where no rows are kept');
  return settings.length === 0 ? 'no setting, and no field of the input' : settings.join('; ');
}
