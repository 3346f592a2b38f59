import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Sample, SinkView } from '../../engine/contract/link.ts';
import { type Cell, columnWidth, findRows, sampleJson, showCell } from './cells.ts';
import { chartModel, SERIES_MAX, stepOf } from './chart-model.ts';
import { leadColumns } from './lead-columns.ts';

const sample = (columns: Record<string, string>, ...rows: Cell[][]): Sample => ({
  columns: Object.entries(columns).map(([name, type]) => ({ name, type })),
  rows: rows.map((cells) => ({ time: null, cells })),
  total: rows.length,
});

describe('cells', () => {
  it('show times in the zone, with the raw value behind', () => {
    const shown = showCell(979_034_400_000, 'TIMESTAMP', 'utc');
    assert.deepEqual(shown, {
      text: '2001-01-09 10:00:00',
      kind: 'time',
      title: '2001-01-09 10:00:00 UTC (979034400000 ms)',
    });
  });

  it('show whole numbers in full and fractions as far as they say something', () => {
    const text = (value: Cell, type = 'DOUBLE') => showCell(value, type, 'utc').text;
    assert.equal(text(1234567, 'BIGINT'), '1234567');
    assert.equal(text(12.345678), '12.346');
    assert.equal(text(-1234.5), '-1234.5');
    assert.equal(text(0.000123456789), '0.000123457');
    assert.equal(showCell(12.345678, 'DOUBLE', 'utc').title, '12.345678');
  });

  it('never take NULL for text, and NaN for nothing', () => {
    assert.equal(showCell(null, 'STRING', 'utc').kind, 'null');
    assert.equal(showCell('NULL', 'STRING', 'utc').kind, 'text');
    assert.deepEqual(showCell('NaN', 'DOUBLE', 'utc'), { text: 'NaN', kind: 'number' });
    assert.deepEqual(showCell('9223372036854775807', 'BIGINT', 'utc').kind, 'number');
  });

  it('are copied as JSON that reads back, whatever fields are called', () => {
    const copied = sampleJson({
      columns: [
        { name: 'at', type: 'TIMESTAMP' },
        { name: '__proto__', type: 'STRING' },
      ],
      rows: [
        { time: 0, cells: [1000, 'a "b"'] },
        { time: null, cells: [null, null] },
      ],
      total: 2,
    });
    const read = JSON.parse(copied) as Record<string, unknown>[];
    assert.equal(read.length, 2);
    assert.deepEqual(Object.entries(read[0] ?? {}), [
      ['__time', '1970-01-01T00:00:00.000Z'],
      ['at', '1970-01-01T00:00:01.000Z'],
      ['__proto__', 'a "b"'],
    ]);
  });

  it('are found by what they show', () => {
    const rows = sample({ origin: 'STRING', n: 'INT' }, ['ATL', 1], ['DFW', 20], [null, 3]);
    assert.deepEqual(findRows(rows, 'dfw', 'utc'), [rows.rows[1]]);
    assert.deepEqual(findRows(rows, '3', 'utc'), [rows.rows[2]]);
    assert.equal(findRows(rows, '  ', 'utc'), rows.rows);
  });

  it('give a column the width that it needs, within bounds', () => {
    const rows = sample({ a: 'INT', long: 'STRING' }, [1, 'x'.repeat(500)]);
    assert.equal(columnWidth(rows, 0, 'utc'), 6);
    assert.equal(columnWidth(rows, 1, 'utc'), 40);
  });
});

describe('before the fields', () => {
  const at = Date.UTC(2026, 10, 24, 9, 30);
  const row = (over: Partial<Sample['rows'][number]>): Sample['rows'][number] => ({
    time: null,
    cells: [1],
    ...over,
  });
  const names = (rows: Sample['rows'], allTimes = true) =>
    leadColumns(rows, 'utc', allTimes).map(({ key }) => key.trim());

  it('stand the times that any row has, and only event time among results', () => {
    assert.deepEqual(names([row({})]), []);
    assert.deepEqual(names([row({ time: 0 })]), ['time']);
    const all = [row({ time: 0, ingested: at, processed: at + 5 }), row({})];
    assert.deepEqual(names(all), ['time', 'ingested', 'processed']);
    assert.deepEqual(names(all, false), ['time']);
    assert.deepEqual(names([row({ ingested: Number.NaN })]), []);
  });

  it('stands a day that all rows share in the header, and else in every row', () => {
    const texts = (rows: Sample['rows']) => {
      const [column] = leadColumns(rows, 'utc', true);
      return [column?.note, ...rows.map((one) => column?.cell(one).text)];
    };
    assert.deepEqual(texts([row({ ingested: at }), row({ ingested: at + 1 }), row({})]), [
      '2026-11-24',
      '09:30:00',
      '09:30:00.001',
      '–',
    ]);
    assert.deepEqual(texts([row({ ingested: at }), row({ ingested: at + 86_400_000 })]), [
      'UTC',
      '2026-11-24 09:30:00',
      '2026-11-25 09:30:00',
    ]);
  });

  it('stands first what a row of an updating stream does, in words on hover', () => {
    const rows = [row({ change: '-U', time: 0 }), row({ change: '+U' })];
    assert.deepEqual(names(rows), ['op', 'time']);
    const [op] = leadColumns(rows, 'utc', true);
    assert.deepEqual(
      rows.map((one) => op?.cell(one).text),
      ['-U', '+U'],
    );
    assert.match(op?.cell(rows[0]!).title ?? '', /taken back/);
    const all = { columns: [{ name: 'n', type: 'INT' }], rows, total: 2 };
    assert.deepEqual(JSON.parse(sampleJson(all))[0], {
      __op: '-U',
      __time: '1970-01-01T00:00:00.000Z',
      n: 1,
    });
    assert.deepEqual(findRows(all, '+u', 'utc'), [rows[1]]);
  });
});

const view = (chart: NonNullable<SinkView['chart']>, data: Sample): SinkView => ({
  kind: 'chart',
  chart,
  sample: data,
});

describe('chart', () => {
  const columns = { hour: 'TIMESTAMP', origin: 'STRING', delay: 'DOUBLE', flights: 'BIGINT' };

  it('has a line per series, over all places that any of them has', () => {
    const model = chartModel(
      view(
        { mark: 'line', x: 'hour', y: ['delay'], series: 'origin' },
        sample(columns, [2000, 'DFW', 5, 1], [1000, 'ATL', 7, 1], [2000, 'ATL', 8, 1]),
      ),
    );
    assert.deepEqual(model, {
      mark: 'line',
      axis: 'time',
      xName: 'hour',
      x: [1000, 2000],
      labels: [],
      series: [
        { name: 'ATL', y: [7, 8] },
        { name: 'DFW', y: [null, 5] },
      ],
      hidden: 0,
    });
  });

  it('takes the later row of a place: a window that fired again', () => {
    const model = chartModel(
      view(
        { mark: 'line', x: 'hour', y: ['delay'], series: null },
        sample(columns, [1, 'A', 5, 1], [1, 'A', 6, 1]),
      ),
    );
    assert.deepEqual(model?.series, [{ name: 'delay', y: [6] }]);
  });

  it('leaves out what an updating stream has taken back', () => {
    const data = sample(
      columns,
      [1, 'A', 5, 1],
      [2, 'A', 7, 1],
      [1, 'A', 5, 1],
      [1, 'A', 6, 1],
      [2, 'A', 7, 1],
    );
    const changes = ['+I', '+I', '-U', '+U', '-D'] as const;
    const rows = data.rows.map((row, i) => ({ ...row, change: changes[i]! }));
    const chart = { mark: 'line', x: 'hour', y: ['delay'], series: null } as const;
    const model = chartModel(view({ ...chart, y: [...chart.y] }, { ...data, rows }));
    assert.deepEqual(model?.x, [1]);
    assert.deepEqual(model?.series[0]?.y, [6]);
  });

  it('draws bars over labels in the order of their coming', () => {
    const model = chartModel(
      view(
        { mark: 'bar', x: 'origin', y: ['flights', 'delay'], series: null },
        sample(columns, [0, 'DFW', 1.5, 10], [0, 'ATL', null, 20]),
      ),
    );
    assert.equal(model?.axis, 'label');
    assert.deepEqual(model?.labels, ['DFW', 'ATL']);
    assert.deepEqual(model?.series, [
      { name: 'flights', y: [10, 20] },
      { name: 'delay', y: [1.5, null] },
    ]);
  });

  it('says how many series it leaves out', () => {
    const rows = Array.from({ length: 40 }, (_, i): Cell[] => [1000, `A${i}`, i, 1]);
    const model = chartModel(
      view({ mark: 'line', x: 'hour', y: ['delay'], series: 'origin' }, sample(columns, ...rows)),
    );
    assert.equal(model?.series.length, SERIES_MAX);
    assert.equal(model?.hidden, 40 - SERIES_MAX);
  });

  it('gives bars the least distance of two places', () => {
    assert.equal(stepOf([0, 3600, 5400, 9000]), 1800);
    assert.equal(stepOf([7]), 1);
    assert.equal(stepOf([]), 1);
  });

  it('is none where its columns are not there', () => {
    const chart = { mark: 'line', x: 'nope', y: ['delay'], series: null } as const;
    assert.equal(chartModel(view({ ...chart, y: ['delay'] }, sample(columns))), null);
  });
});
