/** What a checkpoint kept of a sink, read back. */
import type { z } from 'zod';
import { problem, showValue, WeirError } from '../contract/problems.ts';
import type { JsonData } from './contracts.ts';

/**
 * @param sink its name, in words; @param expected what it keeps, in words
 * @throws WeirError R-NODE where it is something else
 */
export function keptOfSink<T>(
  data: JsonData,
  shape: z.ZodType<T>,
  { nodeId, sink, expected }: { readonly nodeId: string; readonly sink: string; readonly expected: string },
): T {
  const result = shape.safeParse(data);
  if (result.success) return result.data;
  throw new WeirError(
    problem('R-NODE', {
      path: ['nodes', nodeId],
      message: `The ${sink} cannot go on from what the checkpoint kept of it.`,
      value: showValue(data),
      expected,
      next: 'Go on from another checkpoint, or start from the beginning.',
    }),
  );
}
