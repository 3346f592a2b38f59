/** Functions of OVER as text: `lead(foo,1), sum(v) rows between 2 preceding and current row`. */
import { printDuration } from '../../engine/contract/duration.ts';
import { type Json, type JsonObject, show, Unsupported } from './case.ts';
import { TIME_FIELD } from './fields.ts';
import { measureName } from './pattern-stage.ts';

const NAMES: Readonly<Record<string, string>> = {
  lead: 'lead',
  lag: 'lag',
  first_value: 'first',
  last_value: 'last',
  row_number: 'row-number',
  rank: 'rank',
  dense_rank: 'dense-rank',
  sum: 'sum',
  count: 'count',
  min: 'min',
  max: 'max',
  avg: 'avg',
};

export interface Call {
  readonly setting: JsonObject;
  readonly frame: JsonObject | null;
}

/** They have names only in the rows: compared by place. A frame stands behind its function, or behind the last of those that share it. */
export function callsIn(words: string): Call[] {
  const found = [...words.matchAll(/(\w+)\s*\(([^()]*)\)/g)].filter(([, name = '']) => !/^over$/i.test(name));
  if (found.length === 0) throw new Unsupported(`functions ${show(words)}`);
  const calls = found.map((match, at): Call => {
    const [whole, name = '', inside = ''] = match;
    const rest = words.slice(match.index + whole.length, found[at + 1]?.index);
    return { setting: settingOf(name, inside, at), frame: frameIn(rest) };
  });
  // `first_value(ts), last_value(ts) over session …`: the frame is of both.
  const shared = calls.at(-1)?.frame ?? null;
  const own = calls.filter((call) => call.frame !== null);
  return own.length === 1 && shared !== null ? calls.map((call) => ({ ...call, frame: shared })) : calls;
}

function settingOf(name: string, inside: string, at: number): JsonObject {
  const fn = NAMES[name.toLowerCase()];
  if (fn === undefined) throw new Unsupported(`over function ${name}`);
  const [of = '', offset, instead] = inside.split(',').map((part) => part.trim());
  const field = of === 'ts' ? TIME_FIELD : of;
  return {
    function: fn,
    ...(field === '' || field === '*' ? {} : { of: field }),
    ...(offset === undefined ? {} : { offset: Number(offset) as Json }),
    ...(instead === undefined ? {} : { default: instead }),
    as: measureName(at),
  };
}

const UNITS: Readonly<Record<string, number>> = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

function frameIn(words: string): JsonObject | null {
  const [, amount, unit] = /session with gap '?(\d+) (second|minute|hour|day)s?/i.exec(words) ?? [];
  // RisingWave ends a session with the first row of the next one.
  if (amount !== undefined) return { kind: 'session', gap: duration(amount, unit), closes: 'next-record' };
  if (/\bfollowing\b/i.test(words))
    throw new Unsupported(
      `other semantics: a frame that ends after the current row (${words.trim()}); Flink's and Weir's end with it`,
    );
  const [, rows] = /rows (?:between )?(\d+|unbounded) preceding/i.exec(words) ?? [];
  if (rows !== undefined)
    return { kind: 'rows', ...(/unbounded/i.test(rows) ? {} : { preceding: Number(rows) }) };
  const [, back, of] =
    /range (?:between )?(?:interval )?'?(\d+)'? ?(second|minute|hour|day)s?'? preceding/i.exec(words) ?? [];
  if (back !== undefined) return { kind: 'range', preceding: duration(back, of) };
  return null;
}

const duration = (amount: string, unit: string | undefined): string =>
  printDuration(Number(amount) * (UNITS[unit?.toLowerCase() ?? ''] ?? 0));
