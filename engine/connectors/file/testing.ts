/** For tests: a source over files of a folder of its own, read to the end or step by step. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { z } from 'zod';
import { type Row, rowsOf } from '../../batch/batch.ts';
import { toFields } from '../../contract/settings.ts';
import { type Clock, SystemClock } from '../../runtime/clock.ts';
import type { DeadLetter, Source, SourcePosition } from '../../runtime/contracts.ts';
import { fileSource } from './source.ts';
import { type FileConfig, zFile } from './spec.ts';

export type FileInput = z.input<typeof zFile>;

export interface Reading {
  readonly rows: Row[];
  /** By row. */
  readonly partitions: number[];
  readonly letters: DeadLetter[];
  readonly batches: number[];
}

export class FileBench {
  dir = '';
  readonly logs: string[] = [];
  #open: { source: Source; abort: AbortController }[] = [];

  async setUp(): Promise<void> {
    this.dir = await mkdtemp(join(tmpdir(), 'weir-file-'));
    this.logs.length = 0;
  }

  async tearDown(): Promise<void> {
    for (const { source, abort } of this.#open.splice(0)) {
      abort.abort();
      await source.close();
    }
    await rm(this.dir, { recursive: true, force: true });
  }

  async write(name: string, content: string | Uint8Array): Promise<string> {
    const path = join(this.dir, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    return path;
  }

  create(input: FileInput, clock: Clock = new SystemClock(), batchRows = 1024): Source {
    const config: FileConfig = zFile.parse(input);
    const abort = new AbortController();
    const source = fileSource.create({
      nodeId: 'flights',
      config,
      clock,
      seed: 1,
      baseDir: this.dir,
      signal: abort.signal,
      batchRows,
      fields: toFields(config.schema ?? []),
      log: (_, text) => this.logs.push(text),
    });
    this.#open.push({ source, abort });
    return source;
  }

  async opened(input: FileInput, clock?: Clock, restored: SourcePosition | null = null): Promise<Source> {
    const source = this.create(input, clock);
    await source.open(restored);
    return source;
  }

  /** Everything, in batches of at most `maxRows`. */
  async readAll(input: FileInput, maxRows = 1024): Promise<Reading> {
    const source = this.create(input, new SystemClock(), maxRows);
    await source.open(null);
    return drain(source, toFields(zFile.parse(input).schema ?? []), maxRows);
  }
}

/** Polls until the source ends, or `enough` says so. */
export async function drain(
  source: Source,
  fields: ReturnType<typeof toFields>,
  maxRows = 1024,
  enough: (reading: Reading) => boolean = () => false,
): Promise<Reading> {
  const reading: Reading = { rows: [], partitions: [], letters: [], batches: [] };
  while (!source.ended && !enough(reading)) {
    const output = source.poll(maxRows);
    if (output === null) {
      await source.whenReady();
      continue;
    }
    reading.letters.push(...output.deadLetters);
    if (output.batch === null) continue;
    reading.batches.push(output.batch.count);
    reading.rows.push(...rowsOf(output.batch, fields));
    for (let i = 0; i < output.batch.count; i++) reading.partitions.push(output.partitions?.[i] ?? 0);
  }
  return reading;
}
