import { type EventData, run } from 'node:test';
import { fileURLToPath } from 'node:url';

/**
 * `node child.ts <file…>`: runs test files in this process, one test after the other, and tells the parent
 * (process.ts) what happens when it happens. A reporter would hear of it some ticks later, which is too late when
 * a test crashes the process.
 */

export type TestMessage =
  | { readonly kind: 'started'; readonly title: string }
  | ({ readonly kind: 'finished'; readonly outcome: Outcome } & Place)
  | { readonly kind: 'warning'; readonly text: string }
  | { readonly kind: 'ended' };

export interface Place {
  /** Suite › test › subtest. */
  readonly title: string;
  /** `file:line`, or empty. */
  readonly where: string;
  /** Whether nothing runs around it any more. */
  readonly outermost: boolean;
}

/** `null` for what does not count: suites, and failures that only repeat another one. */
export type Outcome =
  | { readonly passed: true }
  | { readonly failed: string }
  | { readonly skipped: string }
  | null;

const send = (message: TestMessage) => process.send?.(message);

/** Names of the suites and tests around the current one, by nesting: the runner is sequential. */
const names: string[] = [];
const titleOf = ({ nesting, name }: { nesting: number; name: string }) =>
  [...names.slice(0, nesting), name].join(' › ');

const events = run({ files: [fileURLToPath(new URL('./load.ts', import.meta.url))], isolation: 'none' });
events.on('test:dequeue', (data) => {
  names.splice(data.nesting, names.length, data.name);
  send({ kind: 'started', title: titleOf(data) });
});
events.on('test:pass', (data) =>
  finished(data, skipOf(data) ?? (data.details.type === 'suite' ? null : { passed: true })),
);
events.on('test:fail', (data) => finished(data, skipOf(data) ?? failureOf(data)));
events.on('test:diagnostic', ({ level, message }) => {
  if (level !== 'info') send({ kind: 'warning', text: message });
});
events.on('end', () => send({ kind: 'ended' }));
events.resume();

function finished(data: EventData.TestPass | EventData.TestFail, outcome: Outcome): void {
  const { file, line, nesting } = data;
  const where = file ? `${file}:${line ?? 1}` : '';
  send({ kind: 'finished', outcome, title: titleOf(data), where, outermost: nesting === 0 });
}

/** A skipped suite counts as one: its tests are never reported. */
function skipOf({ skip, todo }: EventData.TestPass | EventData.TestFail): Outcome {
  const reason = skip ?? todo;
  if (reason === undefined || reason === false) return null;
  return { skipped: typeof reason === 'string' && reason !== '' ? reason : 'no reason given' };
}

function failureOf({ details: { error }, nesting }: EventData.TestFail): Outcome {
  const failureType = 'failureType' in error ? error.failureType : undefined;
  if (failureType === 'subtestsFailed') return null; // they count themselves
  if (failureType === 'cancelledByParent' && nesting > 0) return null; // the parent's hook or timeout counts
  return { failed: describe(error.cause ?? error) };
}

/** Message and stack without the frames inside Node, then the causes. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const lines = (error.stack ?? error.message).split('\n').filter((line) => !/^ +at .*\(?node:/.test(line));
  const cause = error.cause === undefined ? '' : `\ncaused by: ${describe(error.cause)}`;
  return lines.join('\n') + cause;
}
