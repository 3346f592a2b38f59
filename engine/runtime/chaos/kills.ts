/** When the engine's process is to die, as by kill -9. The coordinator's thread does it: at any instant of the run's own. */
import type { Chaos } from '../../contract/chaos.ts';
import { durationMs } from '../../contract/settings.ts';
import { nodeSeed, random } from '../random.ts';

/** ms after the start of the run, ascending. */
export function killTimes({ faults, seed }: Chaos, runSeed: number): number[] {
  return faults
    .flatMap((fault, at) => {
      if (fault.kind !== 'kill') return [];
      const from = durationMs(fault.after);
      const until = fault.until === undefined ? from : Math.max(from, durationMs(fault.until));
      const share = random(nodeSeed(seed ?? runSeed, `kill:${at}`)).next();
      return [from + share * (until - from)];
    })
    .sort((a, b) => a - b);
}

/** @returns what calls it off */
export function armKills(times: readonly number[], die = killOwnProcess): () => void {
  const [first] = times;
  if (first === undefined) return () => {};
  const timer = setTimeout(die, first);
  return () => clearTimeout(timer);
}

function killOwnProcess(): void {
  process.kill(process.pid, 'SIGKILL');
}
