/** One line a function: what most specs need. */
import type { FunctionGroup, FunctionSpec } from './spec.ts';

/**
 * @param signature as the reference shows it; the name is what stands before its parenthesis
 * @param example text and result
 * @param args least and most number of arguments
 */
export const define = (
  group: FunctionGroup,
  signature: string,
  reference: string,
  example: readonly [text: string, result: unknown],
  args: readonly [least: number, most: number],
  result: FunctionSpec['result'],
  call: FunctionSpec['call'],
  more: Partial<FunctionSpec> = {},
): FunctionSpec => ({
  name: /^\w+/.exec(signature)?.[0] ?? signature,
  group,
  signature,
  reference,
  example: { text: example[0], result: example[1] },
  args,
  result,
  call,
  ...more,
});

/** Arguments that a function of many may have. */
export const MANY = 64;
