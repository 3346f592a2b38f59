/** Input steps, with what `file` and `batch` stand for put in their place. */
import { readFileSync } from 'node:fs';
import {
  type Case,
  type Json,
  type JsonObject,
  list,
  ms,
  object,
  show,
  text,
  timeOf,
  Unsupported,
} from './case.ts';
import { findData } from './find.ts';

export interface InputRecord {
  readonly ts: number | null;
  readonly row: JsonObject;
}

export type Step =
  /** Rows that come one after the other; `together`: the watermark only follows after all of them. */
  | { readonly op: 'records'; readonly records: readonly InputRecord[]; readonly together: boolean }
  | { readonly op: 'watermark'; readonly time: number }
  | { readonly op: 'clock'; readonly now: number }
  | { readonly op: 'end' };

function recordOf(json: JsonObject): InputRecord {
  const ts = json['ts'];
  return { ts: ts === undefined || ts === null ? null : ms(ts, 'ts'), row: object(json['row']) };
}

/** By index of the case's step, what it does. */
export function stepsOf(test: Case): Step[][] {
  let now = 0;
  const streams = new Set(test.input.flatMap((s) => (s['stream'] === undefined ? [] : [show(s['stream'])])));
  if (streams.size > 1) throw new Unsupported(`several input streams (${[...streams].join(', ')})`);
  return test.input.map((step): Step[] => {
    switch (step['op']) {
      case 'record':
        return [{ op: 'records', records: [recordOf(step)], together: false }];
      case 'batch': {
        const records = list(step['records']).map((r) => recordOf(object(r)));
        const watermark = step['watermark'];
        return [
          { op: 'records', records, together: true },
          ...(watermark === undefined ? [] : [{ op: 'watermark', time: timeOf(watermark) } as const]),
        ];
      }
      case 'file': {
        const lines = readFileSync(findData(test.file, text(step['path'])), 'utf8').split('\n');
        const records = lines
          .filter((line) => line.trim() !== '')
          .map((line) => object(JSON.parse(line) as Json))
          .filter((line) => step['stream'] === undefined || line['stream'] === step['stream'])
          .map(recordOf);
        return [{ op: 'records', records, together: false }];
      }
      case 'watermark':
        if (step['channel'] !== undefined || step['partition'] !== undefined) {
          throw new Unsupported('watermarks by channel or partition, in front of a window');
        }
        return [{ op: 'watermark', time: timeOf(step['ts']) }];
      case 'processing_time':
        now = ms(step['ts'], 'ts');
        return [{ op: 'clock', now }];
      case 'processing_time_advance':
        now += ms(step['ms'], 'ms');
        return [{ op: 'clock', now }];
      case 'end_of_input':
        return [{ op: 'end' }];
      case 'checkpoint_and_restore':
        throw new Unsupported('checkpoint_and_restore: checkpoints come with a later issue');
      default:
        throw new Unsupported(`step ${show(step['op'] ?? null)}`);
    }
  });
}

export function recordsOf(test: Case): (InputRecord & { readonly step: number })[] {
  return stepsOf(test).flatMap((steps, step) =>
    steps.flatMap((s) => (s.op === 'records' ? s.records.map((r) => ({ ...r, step })) : [])),
  );
}
