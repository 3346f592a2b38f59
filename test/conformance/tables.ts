/** Streams that describe tables: by what changes, or by the rows that are new. */
import type { Json, JsonObject } from './case.ts';
import { TIME_FIELD } from './fields.ts';
import type { InputRecord, Step } from './steps.ts';

type Steps = readonly (readonly Step[])[];

/** Whether a stream has steps that take rows back. */
export const takesBack = (steps: Steps, stream: string): boolean =>
  steps
    .flat()
    .some(
      (s) =>
        s.op === 'records' &&
        s.records.some((r) => (r.stream ?? stream) === stream && (r.change === '-D' || r.change === '-U')),
    );

/** Each record of a stream by what stands for it. */
const changed = (steps: Steps, stream: string, change: (record: InputRecord) => InputRecord[]): Step[][] =>
  steps.map((step) =>
    step.map((s) =>
      s.op === 'records'
        ? { ...s, records: s.records.flatMap((r) => ((r.stream ?? stream) === stream ? change(r) : [r])) }
        : s,
    ),
  );

/** The row with the time that it came with: where it goes again, it is the same row. */
const withTime = ({ row, ts }: InputRecord): JsonObject =>
  row[TIME_FIELD] === undefined ? { ...row, [TIME_FIELD]: ts } : row;

/** What takes a row back may name some of its fields only, and comes at a later time: it means the row as it came. */
export function withWholeRows(steps: Steps, stream: string): Step[][] {
  const standing: JsonObject[] = [];
  return changed(steps, stream, (record) => {
    if (record.change === '+I' || record.change === '+U') {
      const row = withTime(record);
      standing.push(row);
      return [{ ...record, row }];
    }
    const given = Object.entries(record.row);
    const at = standing.findLastIndex((row) =>
      given.every(([name, value]) => same(row[name] ?? null, value)),
    );
    const [row] = at < 0 ? [] : standing.splice(at, 1);
    return [{ ...record, row: row ?? withTime(record) }];
  });
}

const same = (a: Json, b: Json): boolean => JSON.stringify(a) === JSON.stringify(b);

/**
 * Records that are upserts (Kafka's tables: the last record of a key counts, one whose value is null deletes it) as changes, as a source
 * of that kind would give them. A delete of what is not there is nothing.
 */
export function upsertsToChanges(steps: Steps, stream: string, key: readonly string[]): Step[][] {
  const last = new Map<string, JsonObject>();
  return changed(steps, stream, (record) => {
    const id = JSON.stringify(key.map((name) => record.row[name] ?? null));
    const before = last.get(id);
    const taken = (change: '-U' | '-D'): InputRecord[] =>
      before === undefined ? [] : [{ ...record, row: before, change }];
    const isGone =
      record.change === '-D' ||
      Object.entries(record.row).every(
        ([name, value]) => key.includes(name) || name === TIME_FIELD || value === null,
      );
    if (isGone) {
      last.delete(id);
      return taken('-D');
    }
    const row = withTime(record);
    last.set(id, row);
    return [...taken('-U'), { ...record, row, change: before === undefined ? '+I' : '+U' }];
  });
}
