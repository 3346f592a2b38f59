/** What a host accepts as arguments of its calls: validated where they enter, from a page or over IPC alike. */
import { z } from 'zod';
import { DOCUMENT_SIZE_MAX } from './document.ts';
import { HOST_CALLS, type HostApi, type HostCall } from './host.ts';
import { type Problem, problem, showValue } from './problems.ts';

const zPath = z
  .string()
  .min(1)
  .max(4096)
  .refine((path) => !path.includes('\0'), { error: 'expected a path without NUL' });
const zText = z.string().max(DOCUMENT_SIZE_MAX);
const zFileName = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^/\\\0]+$/, { error: 'expected a file name without a folder' });

export const HOST_ARGUMENTS = {
  capabilities: z.tuple([]),
  examples: z.tuple([]),
  recent: z.tuple([]),
  open: z.tuple([zPath]),
  openDialog: z.tuple([]),
  save: z.tuple([zPath, zText]),
  saveDialog: z.tuple([zFileName, zText]),
  list: z.tuple([zPath.nullable()]),
  restartEngine: z.tuple([]),
} as const satisfies { readonly [C in HostCall]: z.ZodType<Parameters<HostApi[C]>> };

export const isHostCall = (name: string): name is HostCall =>
  (HOST_CALLS as readonly string[]).includes(name);

export type HostServices = Pick<HostApi, HostCall>;

/**
 * Calls a service with arguments that nobody has looked at yet. What does not fit is a failed result (L-MESSAGE);
 * rejects only where the service itself is broken.
 */
export async function dispatchHostCall(
  services: HostServices,
  call: HostCall,
  args: unknown,
): Promise<unknown> {
  const parsed = HOST_ARGUMENTS[call].safeParse(args);
  if (!parsed.success) return { ok: false, problem: badArguments(call, parsed.error) };
  // The table above pairs each call with its own arguments; TypeScript cannot follow that through a union.
  const method = services[call] as (...args: unknown[]) => Promise<unknown>;
  return method.apply(services, [...parsed.data]);
}

function badArguments(call: HostCall, error: z.ZodError): Problem {
  const issue = error.issues[0];
  return problem('L-MESSAGE', {
    path: [],
    message: `The studio's call "${call}" has arguments that do not fit.`,
    value: showValue(issue === undefined ? 'another shape' : `${issue.path.join('.')}: ${issue.message}`),
    expected: 'the arguments of this version',
    next: 'Reload the studio; if it happens again, report it with this text.',
  });
}
