/** Hands chunks on when the schemas that their values name are here, in the order in which they came. */
import { schemaIdOf } from '../../formats/value/registered.ts';
import type { Clock } from '../../runtime/clock.ts';
import { wait } from '../../runtime/wait.ts';
import type { Chunk } from './fetcher.ts';
import { type SchemaRegistry, Unreached } from './registry.ts';

const RETRY_MS = 1000;

export interface ChunkHooks {
  chunk(chunk: Chunk): void;
  fail(error: unknown): void;
  log(level: 'info' | 'warning', text: string): void;
}

export class RegisteredChunks {
  readonly #registry: SchemaRegistry;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #hooks: ChunkHooks;
  #before: Promise<void> = Promise.resolve();

  constructor(registry: SchemaRegistry, clock: Clock, signal: AbortSignal, hooks: ChunkHooks) {
    this.#registry = registry;
    this.#clock = clock;
    this.#signal = signal;
    this.#hooks = hooks;
  }

  take(chunk: Chunk): void {
    this.#before = this.#before.then(async () => {
      try {
        if (await this.#load(idsIn(chunk))) this.#hooks.chunk(chunk);
      } catch (error) {
        this.#hooks.fail(error);
      }
    });
  }

  /** False where the run stopped meanwhile. A registry that is away is waited for: no value is given up for that. */
  async #load(ids: ReadonlySet<number>): Promise<boolean> {
    for (let failures = 0; !this.#signal.aborted; failures++) {
      try {
        await this.#registry.load(ids);
        if (failures > 0) this.#hooks.log('info', 'The schema registry answers again.');
        return true;
      } catch (error) {
        if (this.#signal.aborted) return false;
        if (!(error instanceof Unreached)) throw error;
        if (failures === 0)
          this.#hooks.log(
            'warning',
            `The schema registry cannot be reached (${error.message}). It is tried again until it answers.`,
          );
        await wait(this.#clock, RETRY_MS, this.#signal);
      }
    }
    return false;
  }
}

function idsIn({ sets }: Chunk): Set<number> {
  const ids = new Set<number>();
  for (const set of sets)
    for (let record = 0; record < set.count; record++) {
      const from = set.valueFrom[record] as number;
      const id = from < 0 ? null : schemaIdOf(set.bytes, from, set.valueUntil[record] as number);
      if (id !== null) ids.add(id);
    }
  return ids;
}
