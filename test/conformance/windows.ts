/** Windows of the cases as the settings of Weir's nodes. */
import { printDuration } from '../../engine/contract/duration.ts';
import { type Json, type JsonObject, ms, object, onlyKeys, show, Unsupported } from './case.ts';
import type { Dialect } from './dialect.ts';

/** A session's gap is 1 ms shorter where touching sessions stay apart: that makes the same sessions. */
export const gapApart = (window: JsonObject, dialect: Dialect): number =>
  window['kind'] === 'session' && !dialect.touchingSessionsMerge ? 1 : 0;

export function windowOf(json: Json | undefined, dialect: Dialect): JsonObject {
  const window = object(json);
  const offset = window['offset_ms'] === undefined ? 0 : ms(window['offset_ms'], 'window.offset_ms');
  const duration = (key: string): string => printDuration(ms(window[key], `window.${key}`));
  const moved = offset === 0 ? {} : { offset: printDuration(offset) };
  switch (window['kind']) {
    case 'tumbling':
      onlyKeys(window, ['kind', 'size_ms', 'offset_ms'], 'window');
      return { kind: 'tumbling', size: duration('size_ms'), ...moved };
    case 'hopping':
      onlyKeys(window, ['kind', 'size_ms', 'slide_ms', 'offset_ms'], 'window');
      return { kind: 'hopping', size: duration('size_ms'), slide: duration('slide_ms'), ...moved };
    case 'cumulating':
      onlyKeys(window, ['kind', 'max_size_ms', 'step_ms', 'offset_ms'], 'window');
      return { kind: 'cumulating', size: duration('max_size_ms'), step: duration('step_ms'), ...moved };
    case 'session':
      onlyKeys(window, ['kind', 'gap_ms'], 'window');
      return {
        kind: 'session',
        gap: printDuration(ms(window['gap_ms'], 'window.gap_ms') - gapApart(window, dialect)),
      };
    case 'sliding_kafka':
      onlyKeys(window, ['kind', 'time_difference_ms'], 'window');
      return { kind: 'sliding', size: duration('time_difference_ms') };
    case 'count': {
      onlyKeys(window, ['kind', 'size', 'slide'], 'window');
      const size = ms(window['size'], 'window.size');
      return { kind: 'count', size, slide: ms(window['slide'] ?? size, 'window.slide') };
    }
    case 'global':
      onlyKeys(window, ['kind'], 'window');
      return { kind: 'global' };
    default:
      throw new Unsupported(`window kind ${show(window['kind'] ?? null)}`);
  }
}
