import { problem, showValue, WeirError } from '../../contract/problems.ts';
import type { Detected } from './detect.ts';

/** Only plain lines can grow. */
export function checkFollowed(path: string, { gzip, format }: Detected): void {
  if (!gzip && (format.kind === 'ndjson' || format.kind === 'csv')) return;
  throw new WeirError(
    problem('C-FORMAT', {
      path: ['config', 'follow'],
      message: `${path} cannot be followed: it is ${gzip ? 'packed' : `a file of the format ${format.kind}`}.`,
      value: showValue(path),
      expected: 'NDJSON or CSV that is not packed',
      next: 'Switch follow off, or pick other files.',
    }),
  );
}

export const shrunk = (path: string, offset: number): WeirError =>
  new WeirError(
    problem('C-FORMAT', {
      path: ['config', 'path'],
      message: `${path} is shorter than what was already read of it.`,
      value: showValue(path),
      expected: `at least ${offset} bytes`,
      next: 'Start the run from the beginning.',
    }),
  );
