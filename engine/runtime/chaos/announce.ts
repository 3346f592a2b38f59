/** Says in the log what is injected into a run, and when what has a time strikes. What makes a run fail says so itself. */
import type { Fault } from '../../contract/chaos.ts';
import { durationMs } from '../../contract/settings.ts';
import { targetOf } from '../../plan/chaos.ts';
import type { Clock } from '../clock.ts';
import type { InjectionRequest } from './injection.ts';

type Log = (at: number, level: 'warning', node: string | null, text: string) => void;

interface Strike {
  /** After the start of the run, ms; null: from its start to its end. */
  readonly after: number | null;
  readonly text: string;
}

/** @returns what ends it, to be called when the run does */
export function announceFaults(
  { chaos, attempt, elapsedMs }: InjectionRequest,
  clock: Clock,
  log: Log,
): () => void {
  const now = clock.now();
  const ends = chaos.faults.flatMap((fault) => {
    const node = targetOf(fault)?.node ?? null;
    return strikesOf(fault).flatMap(({ after, text }) => {
      const say = (): void => log(clock.now(), 'warning', node, `Injected: ${text}`);
      if (after !== null) return after < elapsedMs ? [] : [clock.at(now - elapsedMs + after, say)];
      if (attempt === 0) say();
      return [];
    });
  });
  return () => {
    for (const end of ends) end();
  };
}

function strikesOf(fault: Fault): Strike[] {
  const always = (text: string): Strike[] => [{ after: null, text }];
  switch (fault.kind) {
    case 'stall': {
      const after = durationMs(fault.after);
      const partition = `partition ${fault.partition} of ${fault.source}`;
      return [
        { after, text: `${partition} gives nothing for ${fault.for}.` },
        {
          after: after + durationMs(fault.for),
          text: `${partition} gives again, with all that it held back.`,
        },
      ];
    }
    case 'jump': {
      const back = durationMs(fault.by) < 0;
      const by = fault.by.trim().replace(/^-\s*/, '');
      return [
        { after: durationMs(fault.after), text: `the clock jumps ${back ? 'back' : 'forward'} by ${by}.` },
      ];
    }
    case 'kill':
      return always(
        fault.until === undefined
          ? `the engine is killed ${fault.after} after the start.`
          : `the engine is killed between ${fault.after} and ${fault.until} after the start.`,
      );
    case 'slow':
      return always(`every batch takes ${fault.sink} longer by ${fault.by}.`);
    case 'ack':
      return fault.by === undefined
        ? []
        : always(`every answer to a commit of ${fault.sink} comes later by ${fault.by}.`);
    case 'bad':
      return always(`records of ${fault.source} are made bad, with a chance of ${fault.chance}.`);
    case 'full':
      return always(`the disk is full when ${fault.sink} has written ${fault.bytes} bytes.`);
    case 'fail':
      return [];
  }
}
