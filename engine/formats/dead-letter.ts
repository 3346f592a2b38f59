import { problem } from '../contract/problems.ts';
import { type DeadLetter, RAW_TEXT_MAX } from '../runtime/contracts.ts';
import type { BadRecord } from './codec.ts';

/** A record that could not be read. @param where it stands, in words; @param raw its bytes, or their beginning */
export function deadLetterOf(bad: BadRecord, where: string, raw: Buffer): DeadLetter {
  const { code, message, field, value, expected, next } = bad;
  return {
    problem: problem(code, {
      path: field === undefined ? [] : [field],
      message: `${where}: ${message}`,
      ...(value === undefined ? {} : { value }),
      ...(expected === undefined ? {} : { expected }),
      ...(next === undefined ? {} : { next }),
    }),
    raw: raw
      .subarray(0, RAW_TEXT_MAX * 4)
      .toString('utf8')
      .slice(0, RAW_TEXT_MAX),
  };
}
