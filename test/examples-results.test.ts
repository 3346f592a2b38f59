/** What the examples show, worked out from their data apart from the engine. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseDocument } from '../engine/contract/parse.ts';
import { type CapturedRow, standing } from '../engine/runtime/captured.ts';
import { VirtualClock } from '../engine/runtime/clock.ts';
import { type LocalResult, runLocally } from '../engine/runtime/local.ts';
import { ROOT } from './root.ts';

const EXAMPLES = join(ROOT, 'examples');
const data = (name: string): string =>
  readFileSync(join(ROOT, 'node_modules/vega-datasets/data', name), 'utf8');

async function run(name: string): Promise<LocalResult> {
  const parsed = parseDocument(readFileSync(join(EXAMPLES, `${name}.weir`), 'utf8'));
  assert.ok(parsed.ok);
  const result = await runLocally(parsed.value, {
    baseDir: EXAMPLES,
    clock: new VirtualClock(Date.UTC(2026, 1, 1)),
  });
  assert.deepEqual([result.summary.outcome, result.problems], ['finished', []]);
  return result;
}

const rowsOf = (result: LocalResult, sink: string): readonly CapturedRow[] => result.rows[sink] ?? [];

interface Flight {
  readonly date: string;
  readonly delay: number;
  readonly origin: string;
}
const flights = JSON.parse(data('flights-20k.json')) as readonly Flight[];
const byFlights = (a: readonly [string, number], b: readonly [string, number]): number =>
  b[1] - a[1] || (a[0] < b[0] ? -1 : 1);

function countBy<T>(list: readonly T[], keyOf: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of list) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}

test('busiest-airports: the three airports with the most flights of each day, with their cities', async () => {
  const result = await run('busiest-airports');
  const cities = new Map(
    data('airports.csv')
      .split('\n')
      .map((line) => /^(\w+),(?:"[^"]*"|[^,]*),("[^"]*"|[^,]*)/.exec(line))
      .flatMap((m) => (m === null ? [] : [[m[1] as string, (m[2] as string).replaceAll('"', '')] as const])),
  );
  const days = Map.groupBy(flights, (f) => f.date.slice(0, 10).replaceAll('/', '-'));
  const expected = [...days].sort().flatMap(([day, list]) =>
    [...countBy(list, (f) => f.origin)]
      .sort(byFlights)
      .slice(0, 3)
      .map(([origin, n], i) => [day, i + 1, origin, cities.get(origin), n]),
  );
  const out = rowsOf(result, 'out').map((row) => [
    new Date(Number(row['window_start'])).toISOString().slice(0, 10),
    row['place'],
    row['origin'],
    row['city'],
    row['flights'],
  ]);
  assert.deepEqual(out, expected);
  assert.deepEqual(rowsOf(result, 'late'), []);
});

test('leaderboard: at the end, the ten airports with the most flights', async () => {
  const result = await run('leaderboard');
  const expected = [...countBy(flights, (f) => f.origin)].sort(byFlights).slice(0, 10);
  const out = standing(rowsOf(result, 'standing')).map((row) => [row['origin'], row['flights']] as const);
  assert.deepEqual(
    out.toSorted((a, b) => byFlights(a as [string, number], b as [string, number])),
    expected,
  );
  for (const row of standing(rowsOf(result, 'standing'))) {
    const own = flights.filter((f) => f.origin === row['origin']);
    const mean = own.reduce((sum, f) => sum + f.delay, 0) / own.length;
    assert.ok(Math.abs(Number(row['avg_delay']) - mean) < 1e-9);
  }
});

interface Quake {
  readonly properties: {
    readonly time: number;
    readonly mag: number | null;
    readonly place: string;
    readonly type: string;
  };
}

test('aftershocks: the quake of Hualien, and the swarms', async () => {
  const result = await run('aftershocks');
  const { features } = JSON.parse(data('earthquakes.json')) as { features: readonly Quake[] };
  const quakes = features
    .map((f) => f.properties)
    .filter((q) => q.type === 'earthquake' && q.mag !== null)
    .map((q) => ({ ...q, region: q.place.split(', ').at(-1)?.replace('CA', 'California') ?? '' }))
    .sort((a, b) => a.time - b.time);

  const [found, ...more] = rowsOf(result, 'found');
  assert.deepEqual(more, []);
  const taiwan = quakes.filter((q) => q.region === 'Taiwan');
  const at = (mag: number) => taiwan.find((q) => q.mag === mag)?.time ?? 0;
  assert.deepEqual(found, {
    region: 'Taiwan',
    foreshock: at(6.1),
    foreshock_mag: 6.1,
    between: taiwan.filter((q) => q.time > at(6.1) && q.time < at(6.4)).length,
    main_shock: at(6.4),
    main_mag: 6.4,
    place: '22km NNE of Hualian, Taiwan',
    strongest_after: Math.max(
      ...taiwan
        .filter((q) => q.time > at(6.4))
        .slice(0, 3)
        .map((q) => q.mag ?? 0),
    ),
  });
  assert.equal(new Date(at(6.4)).toISOString().slice(0, 16), '2018-02-06T15:50');

  const GAP = 30 * 60_000;
  const sessions: { region: string; start: number; last: number; quakes: number }[] = [];
  for (const q of quakes) {
    const open = sessions.findLast((s) => s.region === q.region);
    if (open !== undefined && q.time - open.last <= GAP) {
      open.last = q.time;
      open.quakes++;
    } else sessions.push({ region: q.region, start: q.time, last: q.time, quakes: 1 });
  }
  const swarms = sessions
    .filter((s) => s.quakes >= 20)
    .map((s) => `${s.region} ${s.start} ${s.last + GAP} ${s.quakes}`);
  const shown = rowsOf(result, 'swarms').map(
    (row) => `${row['region']} ${row['window_start']} ${row['window_end']} ${row['quakes']}`,
  );
  assert.ok(swarms.length > 5);
  assert.deepEqual(shown.toSorted(), swarms.toSorted());
});

test('thermostat: the room stays warm, and the hours add up', async () => {
  const result = await run('thermostat');
  const room = rowsOf(result, 'temperatures');
  assert.equal(room.length, 2880);
  const warm = room.slice(60).map((row) => Number(row['inside']));
  assert.ok(
    Math.min(...warm) > 18.8 && Math.max(...warm) < 21.3,
    `${Math.min(...warm)} to ${Math.max(...warm)}`,
  );
  const on = rowsOf(result, 'heating').map((row) => Number(row['minutes_on']));
  assert.equal(on.length, 48);
  assert.equal(
    on.reduce((sum, n) => sum + n, 0),
    room.filter((row) => row['heating'] === true).length,
  );
  assert.deepEqual(rowsOf(result, 'errors'), []);
});

test('early-results: three ways to tell the same, and the sum of what is taken back and told is right', async () => {
  const result = await run('early-results');
  const key = (row: CapturedRow): string => `${row['team']} ${row['window_start']}`;
  const last = new Map(rowsOf(result, 'all').map((row) => [key(row), Number(row['total'])]));
  const added = new Map<string, number>();
  for (const row of rowsOf(result, 'news'))
    added.set(key(row), (added.get(key(row)) ?? 0) + Number(row['total']));
  const corrected = new Map(
    standing(rowsOf(result, 'corrections')).map((row) => [key(row), Number(row['total'])]),
  );
  assert.ok(last.size >= 10);
  assert.deepEqual(new Map([...added].sort()), new Map([...last].sort()));
  assert.deepEqual(new Map([...corrected].sort()), new Map([...last].sort()));
  for (const timing of ['EARLY', 'ON_TIME', 'LATE'])
    assert.ok(
      rowsOf(result, 'all').some((row) => row['pane_timing'] === timing),
      timing,
    );
  for (const { team, points } of standing(rowsOf(result, 'points'))) {
    const total = [...last].filter(([k]) => k.startsWith(`${team} `)).reduce((sum, [, n]) => sum + n, 0);
    assert.equal(points, total);
  }
});

test('ad-clicks: every ad in one window, every click with its ad', async () => {
  const result = await run('ad-clicks');
  const sum = (field: string): number =>
    rowsOf(result, 'chart').reduce((total, row) => total + Number(row[field]), 0);
  assert.deepEqual([sum('shown'), sum('clicked')], [7000, 1000]);
  assert.deepEqual(rowsOf(result, 'late'), []);
});
