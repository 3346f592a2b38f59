/** Input steps, with what `file` and `batch` stand for put in their place. */

import { readFileSync } from 'node:fs';
import { CHANGE_NAMES, type ChangeName } from '../../engine/batch/changes.ts';
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
import { MergedMarks } from './marks.ts';

export interface InputRecord {
  readonly ts: number | null;
  readonly row: JsonObject;
  /** Where a case has several inputs; null: its only one. */
  readonly stream: string | null;
  readonly change: ChangeName;
  /** Of the source: what its watermark is the least of. */
  readonly partition: string;
}

export type Step =
  /** Rows that come one after the other; `together`: the watermark only follows after all of them. */
  | { readonly op: 'records'; readonly records: readonly InputRecord[]; readonly together: boolean }
  | { readonly op: 'watermark'; readonly time: number; readonly stream: string | null }
  | { readonly op: 'clock'; readonly now: number }
  /** State is kept and brought back. */
  | { readonly op: 'restore' }
  | { readonly op: 'end' };

function recordOf(json: JsonObject, change: ChangeName = '+I'): InputRecord {
  const row = object(json['row']);
  // Rows of windows that were assigned before: their time is the last instant of the window, as Flink's window_time.
  const end = row['window_end'];
  const ts = json['ts'] ?? (typeof end === 'number' ? end - 1 : undefined);
  return {
    ts: ts === undefined || ts === null ? null : ms(ts, 'ts'),
    row,
    stream: streamOf(json),
    change,
    partition: String(json['partition'] ?? ''),
  };
}

/** A record may say itself what it does: `change: "-U"`. */
function kindOf(step: JsonObject): ChangeName {
  const kind = step['change'] ?? step['row_kind'] ?? step['kind'];
  return CHANGE_NAMES.find((name) => name === kind) ?? '+I';
}

const streamOf = (json: JsonObject): string | null =>
  json['stream'] === undefined ? null : String(json['stream']);

/** The inputs that a case names; `in` where it has one without a name. */
export function streamNames(steps: readonly (readonly Step[])[]): string[] {
  const names = new Set<string>();
  for (const step of steps.flat()) {
    if (step.op === 'records') for (const { stream } of step.records) if (stream !== null) names.add(stream);
    if (step.op === 'watermark' && step.stream !== null) names.add(step.stream);
  }
  return names.size === 0 ? ['in'] : [...names];
}

/** By index of the case's step, what it does. */
export function stepsOf(test: Case): Step[][] {
  let now = 0;
  const { channels } = test.operator;
  const marks = new MergedMarks(test.input, typeof channels === 'number' ? channels : null);
  return test.input.map((given): Step[] => {
    const step = MergedMarks.concerns(given) ? marks.take(given) : given;
    if (step === null) return [];
    switch (step['op']) {
      case 'record':
        return [{ op: 'records', records: [recordOf(step, kindOf(step))], together: false }];
      case 'batch': {
        const records = list(step['records']).map((r) => recordOf(object(r)));
        const watermark = step['watermark'];
        return [
          { op: 'records', records, together: true },
          ...(watermark === undefined
            ? []
            : [{ op: 'watermark', time: timeOf(watermark), stream: streamOf(step) } as const]),
        ];
      }
      case 'file': {
        const lines = readFileSync(findData(test.file, text(step['path'])), 'utf8').split('\n');
        const records = lines
          .filter((line) => line.trim() !== '')
          .map((line) => object(JSON.parse(line) as Json))
          .filter((line) => step['stream'] === undefined || line['stream'] === step['stream'])
          .map((line) => recordOf(line));
        return [{ op: 'records', records, together: false }];
      }
      case 'watermark':
        return [{ op: 'watermark', time: timeOf(step['ts']), stream: streamOf(step) }];
      case 'processing_time':
        now = ms(step['ts'], 'ts');
        return [{ op: 'clock', now }];
      case 'processing_time_advance':
        now += ms(step['ms'], 'ms');
        return [{ op: 'clock', now }];
      case 'end_of_input':
        return [{ op: 'end' }];
      case 'checkpoint_and_restore':
        return [{ op: 'restore' }];
      case 'insert':
      case 'upsert':
        return [{ op: 'records', records: [recordOf(step)], together: false }];
      case '+I':
      case '-U':
      case '+U':
      case '-D':
        return [{ op: 'records', records: [recordOf(step, step['op'])], together: false }];
      case 'update': {
        const before = step['before'] ?? step['old'];
        const after = step['after'] ?? step['new'] ?? step['row'] ?? null;
        const now = recordOf({ ...step, row: after }, before === undefined ? '+I' : '+U');
        const records = before === undefined ? [now] : [recordOf({ ...step, row: before }, '-U'), now];
        return [{ op: 'records', records, together: false }];
      }
      case 'retract':
      case 'tombstone':
      case 'delete':
        return [{ op: 'records', records: [recordOf(step, '-D')], together: false }];
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
