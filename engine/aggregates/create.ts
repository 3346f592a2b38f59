/** The accumulator of a planned aggregate. */
import type { Value } from '../contract/values.ts';
import type { Accumulator } from './accumulator.ts';
import { Bags } from './bags.ts';
import { CountAll, CountDistinct, CountDistinctRetract, CountPresent } from './count.ts';
import { Distinct } from './distinct.ts';
import { Extreme, ExtremeValue } from './extreme.ts';
import { ExtremeRetract } from './extreme-retract.ts';
import { FirstLast } from './first-last.ts';
import { HyperLogLog } from './hyperloglog.ts';
import { Moments } from './moments.ts';
import type { PlannedAggregate } from './plan.ts';
import { QuantileSketch } from './quantile-sketch.ts';
import { SumDecimal, SumDouble, SumInteger } from './sum.ts';
import type { ValueBag } from './value-bag.ts';

export function createAccumulator(aggregate: PlannedAggregate): Accumulator {
  const { argument } = aggregate;
  if (argument === null) return new CountAll();
  const plain = createPlain(aggregate, argument.type);
  return aggregate.distinct ? new Distinct(plain, argument.type) : plain;
}

type ArgumentType = NonNullable<PlannedAggregate['argument']>['type'];

function createPlain(aggregate: PlannedAggregate, type: ArgumentType): Accumulator {
  const { retract } = aggregate;
  const scale = type.kind === 'DECIMAL' ? type.scale : 0;
  switch (aggregate.function) {
    case 'count':
      return new CountPresent();
    case 'count-distinct':
      return retract ? new CountDistinctRetract() : new CountDistinct();
    case 'sum':
      return createSum(aggregate, type, false);
    case 'avg':
      return createSum(aggregate, type, true);
    case 'min':
      return createExtreme(aggregate, type, false);
    case 'max':
      return createExtreme(aggregate, type, true);
    case 'first':
      return retract ? new Bags(type, true, null, (bag) => bag.first()) : new FirstLast(false, type);
    case 'last':
      return retract ? new Bags(type, true, null, (bag) => bag.last()) : new FirstLast(true, type);
    case 'stddev-pop':
      return new Moments({ deviation: true, sample: false, scale });
    case 'stddev-samp':
      return new Moments({ deviation: true, sample: true, scale });
    case 'variance-pop':
      return new Moments({ deviation: false, sample: false, scale });
    case 'variance-samp':
      return new Moments({ deviation: false, sample: true, scale });
    case 'collect':
      return new Bags(type, retract, [], (bag) => bag.values());
    case 'listagg':
      return new Bags(type, retract, null, (bag) => joined(bag, aggregate.separator));
    case 'approx-count-distinct':
      return new HyperLogLog();
    case 'approx-percentile':
      return new QuantileSketch(aggregate.percentile, scale);
  }
}

const joined = (bag: ValueBag, separator: string): Value => bag.values().join(separator);

function createSum(aggregate: PlannedAggregate, type: ArgumentType, average: boolean): Accumulator {
  if (type.kind === 'DECIMAL') {
    const result = aggregate.field.type;
    return new SumDecimal(average && result.kind === 'DECIMAL' ? result.scale - type.scale : null);
  }
  return type.kind === 'DOUBLE'
    ? new SumDouble(average)
    : new SumInteger(average, type.kind === 'INT' ? 32 : 64);
}

function createExtreme({ retract }: PlannedAggregate, type: ArgumentType, isMax: boolean): Accumulator {
  if (retract) return new ExtremeRetract(isMax);
  return type.kind === 'STRING' || type.kind === 'DECIMAL'
    ? new ExtremeValue(isMax)
    : new Extreme(isMax, type);
}
