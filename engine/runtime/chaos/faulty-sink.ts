/** A sink that is slow, or whose answers are slow or lost. */
import { problem, WeirError } from '../../contract/problems.ts';
import type { Clock } from '../clock.ts';
import type { Sink } from '../contracts.ts';

export interface SinkFaults {
  readonly node: string;
  /** Every batch takes longer by this, ms. */
  readonly slowMs: number;
  /** Every commit is answered later by this, ms. */
  readonly ackMs: number;
  /** The commits whose answers are lost, and what is told of it. */
  readonly lostAcks: readonly { readonly commit: number; struck(): void }[];
}

export function faultySink(inner: Sink, clock: Clock, faults: SinkFaults): Sink {
  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      clock.at(clock.now() + ms, resolve);
    });
  const { slowMs, ackMs, lostAcks } = faults;
  const { prepare, commit, recover, view } = inner;
  let commits = 0;
  const answer = async (): Promise<void> => {
    commits++;
    if (ackMs > 0) await wait(ackMs);
    const lost = lostAcks.find((ack) => ack.commit === commits);
    if (lost === undefined) return;
    lost.struck();
    throw new WeirError(
      problem('R-CHAOS', {
        path: ['nodes', faults.node],
        message: `The answer to commit ${commits} of ${faults.node} was lost on purpose: it is done, and the run does not know.`,
        next: 'This is what was asked for: see what becomes of the run, or leave the failure out.',
      }),
    );
  };
  return {
    open: () => inner.open(),
    write: (batch) => {
      const writing = inner.write(batch);
      return slowMs === 0 ? writing : Promise.resolve(writing).then(() => wait(slowMs));
    },
    finish: () => inner.finish(),
    close: () => inner.close(),
    get committed() {
      return inner.committed;
    },
    ...(prepare === undefined ? {} : { prepare: (id: number) => prepare.call(inner, id) }),
    ...(commit === undefined
      ? {}
      : { commit: (prepared: Parameters<typeof commit>[0]) => commit.call(inner, prepared).then(answer) }),
    ...(recover === undefined
      ? {}
      : { recover: (prepared: Parameters<typeof recover>[0]) => recover.call(inner, prepared) }),
    ...(view === undefined ? {} : { view: () => view.call(inner) }),
  };
}
