/** What some engines have by a rule of their own, and Weir by none of its settings. Told from the description alone. */
import { isObject, type JsonObject, object, text } from './case.ts';

/** The reason; null: none of these. */
export function otherSemantics(stage: JsonObject): string | null {
  const type = text(stage['type']);
  if (type === 'temporal_filter' || /mz_now\(\)|\bnow\(\)/i.test(text(stage['condition'])))
    return 'rows leave the result as the clock moves; nothing of Weir takes rows back by time';
  if (/^sliding/.test(text(object(stage['window'])['kind'])) && /update|change/i.test(text(stage['emit'])))
    return 'sliding windows that are told at every update; Weir gives each once, when it is over';
  if (type === 'suppress' || isObject(stage['suppress'] ?? null))
    return 'updates held back for a time or up to a size; Weir sends each, or the last';
  return null;
}
