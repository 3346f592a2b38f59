/** What a source has fetched ahead and not given yet, and the run that waits for more of it. */
import { Bell } from '../runtime/bell.ts';

export class Fetched<Chunk> {
  readonly #chunks: Chunk[] = [];
  readonly #bell = new Bell();
  #failure: unknown = null;

  get first(): Chunk | undefined {
    return this.#chunks[0];
  }

  get all(): readonly Chunk[] {
    return this.#chunks;
  }

  add(chunk: Chunk): void {
    this.#chunks.push(chunk);
    this.stir();
  }

  /** The first was given. */
  shift(): void {
    this.#chunks.shift();
  }

  /** Ends the run, when what was fetched before has been given. Of several failures the first counts. */
  fail(error: unknown): void {
    this.#failure ??= error;
    this.stir();
  }

  /** Whoever waits looks again whether the source has ended. */
  stir(): void {
    this.#bell.ring();
  }

  /** See `Source.whenReady`. */
  async whenReady(ended: () => boolean): Promise<void> {
    while (this.#chunks.length === 0 && !ended() && this.#failure === null) await this.#bell.rung();
    if (this.#chunks.length === 0 && this.#failure !== null) throw this.#failure;
  }
}
