/** Event times that are not what they are read as. */
import type { SourceField } from '../../contract/settings.ts';
import type { CheckedNode } from '../../plan/graph.ts';
import type { Fix } from '../finding.ts';
import type { Rule } from '../rules.ts';

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;
/** Records of such age may be meant: archives of computers begin here. */
const OLDEST_LIKELY = Date.UTC(1980, 0, 1);
/** How far from whole quarters of an hour times may be that are only shifted by a zone. */
/** As long must times be seen to go on as the clock does, and by as much may they differ. */
const LIVE_MS = 5000;
const ZONE_SLACK_MS = 3 * 60_000;

/** Seconds read as ms are all in January 1970; ms read as seconds, or µs as ms, are tens of thousands of years away. */
export const timeUnit: Rule = (scene, node) => {
  const times = scene.evidence('times', node.id);
  if (times === null) return null;
  const now = scene.head('now');
  const likely = (time: number): boolean => time > OLDEST_LIKELY && time < now + 5 * YEAR_MS;
  if (likely(times.newest)) return null;
  const guesses = [
    { unit: 's', wouldBe: times.newest * 1000, format: 'epoch-s' },
    { unit: 'ms', wouldBe: times.newest / 1000, format: 'epoch-ms' },
    { unit: 'µs', wouldBe: times.newest / 1_000_000, format: null },
  ] as const;
  const guess = guesses.find(({ wouldBe }) => likely(wouldBe));
  if (guess === undefined) return null;
  const { unit, wouldBe, format } = guess;
  return {
    code: 'time-unit',
    node: node.id,
    facts: { newest: times.newest, wouldBe, unit },
    fix: format === null ? null : withFormat(node, format),
  };
};

function withFormat(node: CheckedNode, format: string): Fix | null {
  const schema = node.config?.['schema'] as readonly SourceField[] | undefined;
  const field = (node.config?.['time'] as { readonly field?: string } | undefined)?.field;
  const at = schema?.findIndex((f) => f.name === field) ?? -1;
  if (at < 0) return null;
  return { edits: [{ path: ['nodes', node.id, 'config', 'schema', at, 'format'], value: format }] };
}

/** Only of records that come as they happen, so that their times go on as the clock does: who reads an archive knows that it is old. */
export const timeZone: Rule = (scene, node) => {
  const times = scene.evidence('times', node.id);
  const elapsed = scene.head('elapsedMs');
  if (times === null || elapsed < LIVE_MS) return null;
  if (Math.abs(times.newest - times.oldest - elapsed) > Math.max(LIVE_MS, elapsed / 5)) return null;
  const now = scene.head('now');
  const away = times.newest - now;
  const quarters = Math.round(away / (HOUR_MS / 4));
  const isZone =
    Math.abs(quarters) >= 2 &&
    Math.abs(quarters) <= 14 * 4 &&
    Math.abs(away - (quarters * HOUR_MS) / 4) <= ZONE_SLACK_MS;
  if (!isZone) return null;
  return {
    code: 'time-zone',
    node: node.id,
    facts: { newest: times.newest, now, hours: quarters / 4 },
    fix: null,
  };
};
