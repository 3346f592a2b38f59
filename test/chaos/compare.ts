/** What readers of the files see, and whether it is what an undisturbed run gave. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Comparison } from './pipeline.ts';

/** By sink, its rows as they are written. */
export type Seen = ReadonlyMap<string, readonly string[]>;

/** Hidden files do not count: readers pass over them. */
export async function readSeen(folder: string): Promise<Seen> {
  const seen = new Map<string, string[]>();
  for (const file of (await readdir(folder).catch((): string[] => [])).sort()) {
    const [, sink, format] = /^([^.].*)-\d+\.(ndjson|csv)$/.exec(file) ?? [];
    if (sink === undefined) continue;
    const lines = (await readFile(join(folder, file), 'utf8')).split('\n').filter((line) => line !== '');
    const rows = seen.get(sink) ?? [];
    for (const line of format === 'csv' ? lines.slice(1) : lines) rows.push(line);
    seen.set(sink, rows);
  }
  return seen;
}

/** What is wrong with `actual`, in words; empty where nothing is. */
export function differences(
  expected: Seen,
  actual: Seen,
  sinks: Readonly<Record<string, Comparison>>,
): string[] {
  return Object.entries(sinks).flatMap(([sink, how]) => {
    const [wanted, got] = [expected.get(sink) ?? [], actual.get(sink) ?? []];
    if (typeof how === 'object' && 'sums' in how) {
      const [a, b] = [sumsOf(wanted, how.sums), sumsOf(got, how.sums)];
      return a === b ? [] : [`${sink}: sums ${b}, not ${a}`];
    }
    return how === 'table'
      ? compareBags(sink, net(wanted), net(got))
      : compareBags(sink, bag(reduced(wanted, how)), bag(reduced(got, how)));
  });
}

/** Rows that readers saw before the end and that are no part of what they were to see. */
export function strangers(
  expected: Seen,
  early: Seen,
  sinks: Readonly<Record<string, Comparison>>,
): string[] {
  return [...early].flatMap(([sink, rows]) => {
    const how = sinks[sink];
    if (how === undefined || how === 'table' || (typeof how === 'object' && 'sums' in how)) return [];
    const wanted = bag(reduced(expected.get(sink) ?? [], how));
    const [row] = [...bag(reduced(rows, how))].find(([text, count]) => count > (wanted.get(text) ?? 0)) ?? [];
    return row === undefined ? [] : [`${sink}: seen before its time: ${row}`];
  });
}

type Bag = ReadonlyMap<string, number>;

/** Without the fields that may differ. */
function reduced(
  rows: readonly string[],
  how: 'rows' | { readonly without: readonly string[] },
): readonly string[] {
  if (how === 'rows') return rows;
  return rows.map((row) => {
    const fields = Object.entries(JSON.parse(row) as Record<string, unknown>);
    return JSON.stringify(Object.fromEntries(fields.filter(([name]) => !how.without.includes(name))));
  });
}

function bag(rows: readonly string[]): Bag {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row, (counts.get(row) ?? 0) + 1);
  return counts;
}

/** What a changelog leaves. */
function net(rows: readonly string[]): Bag {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const { op, ...fields } = JSON.parse(row) as Record<string, unknown>;
    const text = JSON.stringify(fields);
    const count = (counts.get(text) ?? 0) + (op === '+I' || op === '+U' ? 1 : -1);
    if (count === 0) counts.delete(text);
    else counts.set(text, count);
  }
  return counts;
}

/** Of CSV too: numbers stand in the last columns, in the order of the fields. */
function sumsOf(rows: readonly string[], names: readonly string[]): string {
  const sums = names.map(() => 0);
  for (const row of rows) {
    const cells = row.startsWith('{') ? null : row.split(',').slice(-names.length);
    const fields = cells === null ? (JSON.parse(row) as Record<string, unknown>) : {};
    names.forEach((name, n) => {
      sums[n] = (sums[n] as number) + Number(cells === null ? (fields[name] ?? 0) : cells[n]);
    });
  }
  return names.map((name, n) => `${name} ${sums[n]}`).join(', ');
}

function compareBags(sink: string, expected: Bag, actual: Bag): string[] {
  let [lost, doubled, wrong] = [0, 0, 0];
  let example = '';
  for (const row of new Set([...expected.keys(), ...actual.keys()])) {
    const [wanted, got] = [expected.get(row) ?? 0, actual.get(row) ?? 0];
    if (wanted === got) continue;
    if (example === '') example = `${row} ${got} times, not ${wanted}`;
    if (wanted === 0) wrong += Math.abs(got);
    else if (got < wanted) lost += wanted - got;
    else doubled += got - wanted;
  }
  if (lost + doubled + wrong === 0) return [];
  return [`${sink}: ${lost} lost, ${doubled} doubled, ${wrong} that should not be, such as ${example}`];
}
