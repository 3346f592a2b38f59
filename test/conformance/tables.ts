/** Streams that describe tables. */
import type { JsonObject } from './case.ts';
import type { InputRecord, Step } from './steps.ts';

/** Whether a stream has steps that take rows back. */
export const takesBack = (steps: readonly (readonly Step[])[], stream: string): boolean =>
  steps
    .flat()
    .some(
      (s) =>
        s.op === 'records' && s.records.some((r) => (r.stream ?? stream) === stream && r.change !== '+I'),
    );

/**
 * Records that are upserts (Kafka's tables: the last record of a key counts, one whose value is null deletes it) as changes, as a source
 * of that kind would give them. A delete of what is not there is nothing.
 */
export function upsertsToChanges(
  steps: readonly (readonly Step[])[],
  stream: string,
  key: readonly string[],
): Step[][] {
  const last = new Map<string, JsonObject>();
  const changesOf = (record: InputRecord): InputRecord[] => {
    const id = JSON.stringify(key.map((name) => record.row[name] ?? null));
    const before = last.get(id);
    const taken = (change: '-U' | '-D'): InputRecord[] =>
      before === undefined ? [] : [{ ...record, row: before, change }];
    const rest = Object.entries(record.row).filter(([name]) => !key.includes(name));
    if (rest.every(([, value]) => value === null)) {
      last.delete(id);
      return taken('-D');
    }
    last.set(id, record.row);
    return [...taken('-U'), { ...record, change: before === undefined ? '+I' : '+U' }];
  };
  return steps.map((step) =>
    step.map((s) =>
      s.op === 'records'
        ? { ...s, records: s.records.flatMap((r) => ((r.stream ?? stream) === stream ? changesOf(r) : [r])) }
        : s,
    ),
  );
}
