/** A window's settings in sentences, which stand below the picture and are all that a screen reader gets. Pure. */
import type { Early } from '../../../engine/progress/triggers.ts';
import { durationText } from './axis-text.ts';
import type { Sentence } from './sentence.ts';
import type { WindowScene } from './window-scene.ts';
import type { Fires, WindowSettings } from './window-settings.ts';

export function windowWords(settings: WindowSettings, scene: WindowScene): readonly Sentence[] {
  if (scene.assumed) return [{ key: 'drawing.assumed' }];
  return [
    kindWords(settings, scene),
    ...(settings.fires === null ? [] : fireWords(settings, settings.fires)),
  ];
}

function kindWords(settings: WindowSettings, { perRecord }: WindowScene): Sentence {
  const { kind } = settings;
  const text = (ms: number | null): string => durationText(ms ?? 0);
  const size = text(settings.size);
  const step = text(settings.step);
  switch (kind) {
    case 'tumbling':
      return { key: 'drawing.tumbling', values: { size } };
    case 'hopping':
      return perRecord > 1
        ? { key: 'drawing.hopping', values: { size, step, count: perRecord } }
        : { key: 'drawing.hoppingUneven', values: { size, step } };
    case 'cumulating':
      return { key: 'drawing.cumulating', values: { size, step } };
    case 'sliding':
      return { key: 'drawing.sliding', values: { size } };
    case 'session':
      return { key: 'drawing.session', values: { gap: text(settings.gap) } };
    case 'count': {
      const { rows, rowsStep } = settings;
      return rowsStep === null || rowsStep === rows
        ? { key: 'drawing.count', values: { rows: rows ?? 0 } }
        : { key: 'drawing.countSliding', values: { rows: rows ?? 0, step: rowsStep } };
    }
    default:
      return { key: `drawing.${kind}` };
  }
}

function fireWords({ kind, lateness, clock }: WindowSettings, fires: Fires): Sentence[] {
  if (kind === 'count') return [];
  const words: Sentence[] = [];
  if (fires.early !== null) words.push(earlyWords(fires.early));
  if (fires.onTime === 'never') words.push({ key: 'drawing.notOnTime' });
  else if (kind === 'global') words.push({ key: 'drawing.atEnd' });
  else words.push({ key: clock ? 'drawing.byClock' : 'drawing.onTime' });
  if (!clock && kind !== 'global')
    words.push(
      lateness > 0
        ? { key: 'drawing.kept', values: { lateness: durationText(lateness) } }
        : { key: 'drawing.late' },
    );
  const again = fires.early !== null || lateness > 0;
  if (again && fires.accumulation !== 'accumulating') words.push({ key: `drawing.${fires.accumulation}` });
  return words;
}

function earlyWords(early: Early): Sentence {
  switch (early.kind) {
    case 'rows':
      return early.every === 1
        ? { key: 'drawing.earlyEach' }
        : { key: 'drawing.earlyRows', values: { every: early.every } };
    case 'delay':
      return { key: 'drawing.earlyDelay', values: { after: durationText(early.after) } };
    case 'clock':
      return { key: 'drawing.earlyClock', values: { every: durationText(early.every) } };
    case 'event-time':
      return { key: 'drawing.earlyEvent', values: { every: durationText(early.every) } };
  }
}
