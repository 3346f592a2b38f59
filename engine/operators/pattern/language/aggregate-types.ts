/** Types of aggregates over the rows of a pattern, with Flink's rules. */
import type { DataType } from '../../../contract/types.ts';
import type { AggregateName } from './references.ts';

/** What an aggregate gives of an argument; null where it does not take it. */
export function aggregateType(fn: AggregateName, argument: DataType): DataType | null {
  const { kind } = argument;
  const isNumber = kind === 'INT' || kind === 'BIGINT' || kind === 'DOUBLE' || kind === 'DECIMAL';
  switch (fn) {
    case 'COUNT':
      return { kind: 'BIGINT' };
    case 'SUM':
      return kind === 'DECIMAL' ? { ...argument, precision: 38 } : isNumber ? argument : null;
    case 'AVG':
      if (kind === 'DECIMAL')
        return { kind, precision: 38, scale: Math.max(6, (argument as { scale: number }).scale) };
      return isNumber ? argument : null;
    case 'MIN':
    case 'MAX':
      return isNumber || kind === 'STRING' || kind === 'TIMESTAMP' || kind === 'BOOLEAN' ? argument : null;
  }
}
