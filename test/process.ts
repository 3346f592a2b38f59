import { spawn } from 'node:child_process';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestMessage } from './child.ts';
import { ROOT } from './root.ts';

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface TestProcessOptions {
  readonly label: string;
  /** Relative to the checkout. */
  readonly files: readonly string[];
  readonly testTimeoutMs: number;
  /** How long a test may show no progress. Above `testTimeoutMs`: a loop that never yields is beyond node:test. */
  readonly hangTimeoutMs?: number;
  /** How long the process may live on after its last test. */
  readonly exitTimeoutMs?: number;
  readonly print?: (text: string) => void;
}

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));

/**
 * Runs test files in one process, one test after the other: a process for each file costs twenty times as much. So
 * the process is watched from outside, and its crash, hang or refusal to end is a failure of its own, beside
 * whatever was counted before.
 */
export async function runTestProcess(options: TestProcessOptions): Promise<Tally> {
  const { label, files, testTimeoutMs, exitTimeoutMs = 10_000, print = console.log } = options;
  const hangTimeoutMs = options.hangTimeoutMs ?? testTimeoutMs + 20_000;
  const tally = { passed: 0, failed: 0, skipped: 0 };
  let last = 'the first test';
  let idle = false;
  let ended = false;
  let killedAfterMs = 0;

  const args = [`--test-timeout=${testTimeoutMs}`, CHILD, ...files];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  let watchdog = watch(hangTimeoutMs);

  child.on('message', (message: TestMessage) => {
    if (message.kind === 'warning') return print(`warning: ${message.text}`);
    if (message.kind === 'started') last = message.title;
    if (message.kind === 'finished') count(message);
    ended = message.kind === 'ended';
    idle = ended || (message.kind === 'finished' && message.outermost);
    clearTimeout(watchdog);
    watchdog = watch(idle ? exitTimeoutMs : hangTimeoutMs);
  });

  const { code, signal } = await new Promise<Exit>((done, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => done({ code, signal })); // after the last message, unlike 'exit'
  });
  clearTimeout(watchdog);

  const how = signal ? `by ${signal}` : `with exit code ${code}`;
  if (killedAfterMs > 0 && idle) {
    fail(
      `the ${label} process`,
      `did not end within ${killedAfterMs} ms of its last test: something is still open. Last: ${last}`,
    );
  } else if (killedAfterMs > 0) {
    fail(`the ${label} process`, `made no progress for ${killedAfterMs} ms and was killed, in: ${last}`);
  } else if (!ended) {
    fail(`the ${label} process`, `ended ${how} before its tests did, in: ${last}`);
  } else if (code !== 0 && tally.failed === 0) {
    fail(`the ${label} process`, `ended ${how}, though no test failed`);
  }
  return tally;

  function count({ outcome, title, where }: TestMessage & { kind: 'finished' }): void {
    if (outcome === null) return;
    const what = `${title}  (${where.startsWith(ROOT) ? relative(ROOT, where) : where})`;
    if ('passed' in outcome) tally.passed++;
    else if ('failed' in outcome) fail(what, outcome.failed);
    else {
      tally.skipped++;
      print(`skipped: ${what}: ${outcome.skipped}`);
    }
  }

  function watch(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      killedAfterMs = ms;
      child.kill('SIGKILL');
    }, ms);
  }

  function fail(what: string, error: string): void {
    tally.failed++;
    print(`FAILED: ${what}\n${error.replaceAll(/^/gm, '    ')}\n`);
  }
}

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}
