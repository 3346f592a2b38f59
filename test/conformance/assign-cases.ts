/** Cases of pure rules: which windows a time belongs to, which sessions merge. Against engine/progress/windows.ts. */
import { assignWindows, mergeSessions, type WindowAssigner } from '../../engine/progress/windows.ts';
import {
  type Case,
  failed,
  type Json,
  type JsonObject,
  list,
  ms,
  type Outcome,
  object,
  onlyKeys,
  PASSED,
  show,
  text,
  Unsupported,
} from './case.ts';
import { type Came, compareRows } from './compare.ts';
import { dialectOf } from './dialect.ts';
import { recordsOf } from './steps.ts';

/** From `window` of an operator, completed by what an expected row says of it. */
export function assignerOf(window: JsonObject): WindowAssigner {
  const size = (): number => ms(window['size_ms'] ?? window['max_size_ms'], 'window.size_ms');
  const offset = window['offset_ms'] === undefined ? 0 : ms(window['offset_ms'], 'window.offset_ms');
  const slide = window['slide_ms'] ?? window['advance_ms'];
  const kind = text(window['kind']) || (slide === undefined ? 'tumbling' : 'hopping');
  switch (kind) {
    case 'tumbling':
      return { kind, size: size(), offset };
    case 'hopping':
      return { kind, size: size(), slide: ms(slide, 'window.slide_ms'), offset };
    case 'cumulating':
      return { kind, size: size(), step: ms(window['step_ms'], 'window.step_ms'), offset };
    case 'session':
      return { kind, gap: ms(window['gap_ms'], 'window.gap_ms') };
    default:
      throw new Unsupported(`window kind ${show(window['kind'] ?? null)}`);
  }
}

/** Rows beside their windows, without grouping (Flink's window table functions). Nothing is late there. */
export function runAssign(test: Case): Outcome {
  const { operator, expected } = test;
  onlyKeys(operator, ['type', 'window', 'time', 'watermark'], 'operator');
  const assigner = assignerOf(object(operator['window']));
  if (assigner.kind === 'session') throw new Unsupported('assigning sessions to rows without grouping');
  const { windowsFromZero } = dialectOf(test.engine);
  const came = recordsOf(test).flatMap(({ step, ts, row }): Came[] => {
    if (ts === null) throw new Unsupported('a record without time');
    return assignWindows(assigner, ts)
      .filter(({ start }) => !windowsFromZero || start >= 0)
      .map(({ start, end }) => ({
        step,
        ts,
        row: { ts, ...row, window_start: start, window_end: end, window_time: end - 1 },
      }));
  });
  const difference = compareRows(expected.rows, came, expected.order === 'exact');
  return difference === null ? PASSED : failed(difference);
}

/** Each expected row is a case of its own: settings and time, and the windows. */
export function runAssignFunction(test: Case): Outcome {
  const { windowsFromZero } = dialectOf(test.engine);
  const [record] = recordsOf(test);
  for (const wrapped of test.expected.rows) {
    const row = object(wrapped['row']);
    const assigner = assignerOf({ ...object(test.operator['window']), ...row });
    const windows = assignWindows(assigner, ms(row['ts'] ?? record?.ts ?? undefined, 'ts'))
      .filter(({ start }) => !windowsFromZero || start >= 0)
      .map(({ start, end }) => [start, end]);
    const wanted: Json = row['windows'] ?? [[row['window_start'] ?? null, row['window_end'] ?? null]];
    const sorted = [...list(wanted)].map(show).sort();
    if (show(windows.map(show).sort()) !== show(sorted)) return failed(`${show(row)}: came ${show(windows)}`);
  }
  return PASSED;
}

export function runMergeFunction({ expected, engine }: Case): Outcome {
  if (!dialectOf(engine).touchingSessionsMerge) {
    throw new Unsupported('other semantics: sessions that touch stay apart');
  }
  const pairs = (json: Json | undefined): { start: number; end: number }[] =>
    list(json).map((pair) => ({
      start: ms(list(pair)[0], 'start'),
      end: ms(list(pair)[1], 'end'),
    }));
  for (const wrapped of expected.rows) {
    const row = object(wrapped['row']);
    const merged = mergeSessions(pairs(row['in']));
    if (show(merged) !== show(pairs(row['merged']))) return failed(`${show(row)}: came ${show(merged)}`);
  }
  return PASSED;
}
