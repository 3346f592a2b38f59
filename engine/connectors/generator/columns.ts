/** Makes the columns of generated rows: each value is a function of seed, field and row number, and of nothing else. */
import { type Column, InternTable } from '../../batch/column.ts';
import { nodeSeed, randomAt } from '../../runtime/random.ts';
import type { GeneratedField } from './spec.ts';
import type { ValueSpec } from './values/spec.ts';

/** Row numbers in, a column of the same length out. */
type MakeColumn = (rows: Float64Array) => Column;

/** Makes event times, in ms, of row numbers. */
export type MakeTimes = (rows: Float64Array) => Float64Array;

/** `seed`: the node's. */
export function columnMaker(field: GeneratedField, seed: number, times: MakeTimes): MakeColumn {
  const fieldSeed = nodeSeed(seed, field.name);
  const make = valueMaker(field.value, fieldSeed, times);
  const share = field.nulls ?? 0;
  if (share === 0) return make;
  const nullSeed = nodeSeed(fieldSeed, 'nulls');
  return (rows) => {
    const validity = new Uint8Array(rows.length);
    for (let k = 0; k < rows.length; k++) validity[k] = randomAt(nullSeed, rows[k]!) < share ? 0 : 1;
    return { ...make(rows), validity };
  };
}

function valueMaker(value: ValueSpec, seed: number, times: MakeTimes): MakeColumn {
  switch (value.kind) {
    case 'time':
      return (rows) => ({ kind: 'number', values: times(rows), validity: null });
    case 'sequence': {
      const { start, step } = value;
      return doubles((row) => start + row * step);
    }
    case 'integer':
      return integers(value.min, value.max, seed);
    case 'number': {
      const { min, max } = value;
      return doubles(rounded((row) => min + randomAt(seed, row) * (max - min), value.decimals));
    }
    case 'normal': {
      const { mean, deviation } = value;
      return doubles(rounded((row) => mean + deviation * gaussian(seed, row), value.decimals));
    }
    case 'exponential': {
      const { mean } = value;
      return doubles(rounded((row) => -mean * Math.log(1 - randomAt(seed, row)), value.decimals));
    }
    case 'key': {
      const { distinct, prefix } = value;
      const texts = Array.from({ length: distinct }, (_, i) => `${prefix}${i}`);
      return codes(texts, (row) => Math.floor(randomAt(seed, row) * distinct));
    }
    case 'choice':
      return choices(value.choices, seed);
    case 'boolean': {
      const { probability } = value;
      return (rows) => {
        const values = new Uint8Array(rows.length);
        for (let k = 0; k < rows.length; k++) values[k] = randomAt(seed, rows[k]!) < probability ? 1 : 0;
        return { kind: 'number', values, validity: null };
      };
    }
    case 'constant':
      return constant(value.value);
  }
}

function doubles(make: (row: number) => number): MakeColumn {
  return (rows) => {
    const values = new Float64Array(rows.length);
    for (let k = 0; k < rows.length; k++) values[k] = make(rows[k]!);
    return { kind: 'number', values, validity: null };
  };
}

function rounded(make: (row: number) => number, decimals: number | undefined): (row: number) => number {
  if (decimals === undefined) return make;
  const factor = 10 ** decimals;
  return (row) => Math.round(make(row) * factor) / factor;
}

/** Box and Muller's method: two uniform numbers give one of the normal distribution. */
function gaussian(seed: number, row: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - randomAt(seed, row)));
  return radius * Math.cos(2 * Math.PI * randomAt(seed ^ 0x5bd1e995, row));
}

function integers(min: number, max: number, seed: number): MakeColumn {
  const span = max - min + 1;
  const small = min === (min | 0) && max === (max | 0);
  return (rows) => {
    const values = small ? new Int32Array(rows.length) : new Float64Array(rows.length);
    for (let k = 0; k < rows.length; k++) values[k] = min + Math.floor(randomAt(seed, rows[k]!) * span);
    return { kind: 'number', values, validity: null };
  };
}

function codes(texts: readonly string[], make: (row: number) => number): MakeColumn {
  const table = new InternTable();
  const codeOf = Int32Array.from(texts, (text) => table.code(text));
  return (rows) => {
    const values = new Int32Array(rows.length);
    for (let k = 0; k < rows.length; k++) values[k] = codeOf[make(rows[k]!)]!;
    return { kind: 'string', values, table, validity: null };
  };
}

function choices(
  options: readonly { value: string; weight?: number | undefined }[],
  seed: number,
): MakeColumn {
  const total = options.reduce((sum, { weight = 1 }) => sum + weight, 0);
  let sum = 0;
  const upTo = Float64Array.from(options, ({ weight = 1 }) => {
    sum += weight;
    return sum / total;
  });
  const last = options.length - 1;
  return codes(
    options.map(({ value }) => value),
    (row) => {
      const u = randomAt(seed, row);
      let i = 0;
      while (i < last && u >= upTo[i]!) i++;
      return i;
    },
  );
}

function constant(value: string | number | boolean): MakeColumn {
  if (typeof value === 'string') return codes([value], () => 0);
  if (typeof value === 'number') return doubles(() => value);
  return (rows) => ({
    kind: 'number',
    values: new Uint8Array(rows.length).fill(value ? 1 : 0),
    validity: null,
  });
}
