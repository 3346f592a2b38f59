/** What some engines have by a rule of their own, and Weir by none of its settings. Told from the description and the engine alone. */
import { isObject, type JsonObject, object, text } from './case.ts';

/** The reason; null: none of these. */
export function otherSemantics(engine: string, stage: JsonObject): string | null {
  const type = text(stage['type']);
  const join = text(stage['join'] ?? 'inner');
  if (type === 'temporal_filter' || /mz_now\(\)|\bnow\(\)/i.test(text(stage['condition'])))
    return 'rows leave the result as the clock moves; nothing of Weir takes rows back by time';
  if (type === 'interval_join' && engine === 'ksqldb' && stage['grace_ms'] === undefined && join !== 'inner')
    return 'without GRACE a padded row comes at once and stays beside a later match; Weir waits for the watermark';
  if (/^sliding/.test(text(object(stage['window'])['kind'])) && /update|change/i.test(text(stage['emit'])))
    return 'sliding windows that are told at every update; Weir gives each once, when it is over';
  if (type === 'suppress' || isObject(stage['suppress'] ?? null))
    return 'updates held back for a time or up to a size; Weir sends each, or the last';
  return null;
}
