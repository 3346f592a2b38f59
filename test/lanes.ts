import { runTestProcess, type Tally } from './process.ts';

/** Files of one process: few enough that the lanes end at about the same time, many enough that starting it costs little. */
const FILES_MAX = 20;

export interface LaneOptions {
  readonly label: string;
  /** Relative to the checkout. */
  readonly files: readonly string[];
  readonly testTimeoutMs: number;
  /** Processes at a time. */
  readonly lanes: number;
}

/** Runs test files in processes side by side, and prints one line of them all. */
export async function runInLanes({ label, files, testTimeoutMs, lanes }: LaneOptions): Promise<Tally> {
  const startedAt = performance.now();
  const groups = lanes === 1 ? 1 : Math.max(lanes, Math.ceil(files.length / FILES_MAX));
  // Slow files stand side by side in the folders: dealt out, every process has some of them.
  const dealt = Array.from({ length: groups }, (_, g) => files.filter((_, f) => f % groups === g));
  const waiting = dealt.filter((own) => own.length > 0);
  const total = { passed: 0, failed: 0, skipped: 0 };
  const lane = async (): Promise<void> => {
    for (let own = waiting.shift(); own !== undefined; own = waiting.shift()) {
      const found = await runTestProcess({ label, files: own, testTimeoutMs });
      total.passed += found.passed;
      total.failed += found.failed;
      total.skipped += found.skipped;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(
    `${label}: ${total.passed} passed in ${files.length} ${files.length === 1 ? 'file' : 'files'}, ${seconds} s`,
  );
  return total;
}
