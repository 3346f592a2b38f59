import { Interning } from '../../batch/interning.ts';
import { problem, WeirError } from '../../contract/problems.ts';
import { type DecodeField, type Place, START } from '../../formats/codec.ts';
import { decodeFields } from '../../formats/decode-fields.ts';
import { checkedSetting } from '../../plan/check-setting.ts';
import {
  PREFETCH_BYTES_MAX,
  type Source,
  type SourceContext,
  type SourceLag,
  type SourceOutput,
  type SourcePosition,
  type SourceRuntime,
} from '../../runtime/contracts.ts';
import { type Block, sliceBatch } from './block.ts';
import { EMPTY_FEED, type Feed } from './feed.ts';
import { FileFeed, type FileTask } from './file-feed.ts';
import { NewFiles } from './follow.ts';
import { inferFile } from './infer.ts';
import { pacedLag } from './lag.ts';
import { type Lane, Lanes, lane } from './lanes.ts';
import { locateFiles } from './locate.ts';
import { Pace } from './pace.ts';
import { Partitioner } from './partition.ts';
import { readPosition, type SavedPosition, TURN_KEY } from './position.ts';
import { SecondsCheck } from './seconds.ts';
import { SORTED_KEY, SortedFeed } from './sorted-feed.ts';
import type { FileConfig } from './spec.ts';

/** Files that are read side by side. */
const FEEDS_MAX = 256;
class FileSource implements Source {
  partitions: readonly string[] = [];
  readonly #context: SourceContext<FileConfig>;
  readonly #pace: Pace | null;
  readonly #positions = new Map<string, SavedPosition>();
  #lanes: Lanes;
  #partitioner: Partitioner | null = null;
  #waiting: (() => void) | null = null;
  readonly #closed = new AbortController();
  #looking: Promise<void> = Promise.resolve();

  constructor(context: SourceContext<FileConfig>) {
    this.#context = context;
    const { replay } = context.config;
    this.#pace = replay.kind === 'time' ? new Pace(context.clock, replay.speed) : null;
    this.#lanes = this.#sideBySide([]);
  }

  #sideBySide(lanes: Lane[]): Lanes {
    return new Lanes(lanes, this.#pace, this.#context.config.follow, (block) => {
      this.#noteEnd(block);
    });
  }

  async open(restored: SourcePosition | null): Promise<void> {
    try {
      await this.#open(restored);
    } catch (error) {
      throw atNode(error, this.#context.nodeId);
    }
  }

  async #open(restored: SourcePosition | null): Promise<void> {
    const { config, fields, baseDir } = this.#context;
    const { files, nameOf } = await locateFiles(config.path, baseDir);
    const names = files.map(nameOf);
    const { files: saved, turn } = readPosition(restored, this.#context.nodeId);
    for (const [key, position] of saved) this.#positions.set(key, position);
    this.#partitioner = new Partitioner(config, fields, names);
    this.partitions = this.#partitioner.names;

    const tasks = files.map((path, file): FileTask => {
      const key = names[file] ?? path;
      const position = this.#positions.get(key);
      return { path, key, file, from: position ?? START, inode: position?.inode };
    });
    if (config.order !== undefined)
      this.#lanes = this.#sideBySide([lane(this.#sorted(tasks, config.order), '', 0)]);
    else this.#openPlain(tasks);
    if (turn !== null) this.#lanes.resume(turn);
  }

  #openPlain(tasks: readonly FileTask[]): void {
    const { config } = this.#context;
    const sideBySide = config.partitions.kind === 'file' || config.follow;
    if (sideBySide && tasks.length > FEEDS_MAX) throw tooManyFiles(tasks.length);
    const groups = sideBySide ? tasks.map((task) => [task]) : [tasks];
    const interning = new Interning(this.#context.fields, true);
    const bytesMax = PREFETCH_BYTES_MAX / Math.max(1, groups.length);
    const open = (group: readonly FileTask[]): Lane => {
      const key = sideBySide ? (group[0]?.key ?? '') : '';
      const told = this.#positions.get(key)?.told ?? false;
      const unread = group.filter((task) => this.#positions.get(task.key)?.ended !== true);
      const maxTime = Math.max(...group.map((task) => this.#positions.get(task.key)?.due ?? -Infinity));
      const feed =
        unread.length === 0
          ? EMPTY_FEED
          : this.#files(unread, interning, bytesMax, () => this.#changed(), maxTime);
      return lane(feed, key, group[0]?.file ?? 0, told);
    };
    this.#lanes = this.#sideBySide(groups.map(open));
    if (config.follow) this.#followNew(tasks, open);
  }

  /** Partitions by file are fixed at the start, so there a new file waits for the next run. */
  #followNew(tasks: readonly FileTask[], open: (group: readonly FileTask[]) => Lane): void {
    const { config, baseDir, clock, signal, log } = this.#context;
    const byFile = config.partitions.kind === 'file';
    const newFiles = new NewFiles();
    const look = async (): Promise<void> => {
      await newFiles.know(tasks.map(({ path }) => path));
      const stopped = AbortSignal.any([signal, this.#closed.signal]);
      await newFiles.look(config.path, baseDir, clock, stopped, (path, { nameOf }) => {
        const key = nameOf(path);
        if (byFile || this.#lanes.lanes.length >= FEEDS_MAX) {
          log('warning', `${key} is new and is read from the next run on.`);
          return;
        }
        log('info', `${key} is new.`);
        this.#lanes.lanes.push(open([{ path, key, file: 0, from: this.#positions.get(key) ?? START }]));
      });
    };
    this.#looking = look();
  }

  #sorted(tasks: readonly FileTask[], order: NonNullable<FileConfig['order']>): Feed {
    const context = this.#context;
    // All rows are kept anyway, and their codes must mean the same.
    const interning = new Interning(context.fields, false);
    const saved = this.#positions.get(SORTED_KEY);
    return new SortedFeed((drain) => this.#files(tasks, interning, PREFETCH_BYTES_MAX, drain), {
      context,
      interning,
      by: checkedSetting(order.by, context.fields, 'TIMESTAMP'),
      rowsMax: order.rowsMax,
      from: { rows: saved?.offset ?? 0, letters: saved?.number ?? 0 },
      changed: () => this.#changed(),
    });
  }

  #files(
    tasks: readonly FileTask[],
    interning: Interning,
    bytesMax: number,
    changed: () => void,
    maxTime = -Infinity,
  ): FileFeed {
    const { config, fields, log } = this.#context;
    const decode: readonly DecodeField[] = decodeFields(config.schema ?? []);
    const seconds = new SecondsCheck(decode, (text) => log('warning', text));
    const paced = this.#pace !== null && config.order === undefined;
    return new FileFeed(tasks, {
      context: this.#context,
      fields: decode,
      interning,
      bytesMax,
      timeColumn: paced ? fields.findIndex((f) => f.name === config.time?.field) : -1,
      maxTime,
      changed,
      seen: (batch) => seconds.see(batch),
      ended: () => seconds.finish(),
    });
  }

  #changed(): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.();
  }

  get ended(): boolean {
    return this.#lanes.ended;
  }

  poll(maxRows: number): SourceOutput | null {
    const taken = this.#lanes.take(maxRows);
    if (taken === null) return null;
    const { block, from, until } = taken;
    const deadLetters = block.letters.slice(taken.lettersFrom, taken.lettersUntil).map((l) => l.letter);
    if (until === block.batch.length && taken.lettersUntil === block.letters.length) this.#noteEnd(block);
    else this.#note(block, until, taken.lettersUntil);
    if (until === from) return { batch: null, partitions: null, deadLetters };
    const batch = sliceBatch(block.batch, from, until);
    const file = typeof block.file === 'number' ? block.file : block.file.subarray(from, until);
    return { batch, partitions: this.#partitioner?.of(batch, file) ?? null, deadLetters };
  }

  /** Takes down the place after `rows` rows and `letters` bad records of a block. */
  #note(block: Block, rows: number, letters: number): void {
    const letter = block.letters[letters - 1];
    const place =
      letter !== undefined && letter.before === rows
        ? letter
        : { offset: block.offsets[rows - 1], number: block.numbers[rows - 1] };
    if (place.offset === undefined || place.number === undefined) return;
    const { offset, number } = place;
    this.#keep(block, rows, { offset, number, memo: block.end.memo }, false);
  }

  #noteEnd(block: Block): void {
    this.#keep(block, block.batch.length, block.end, block.last);
  }

  #keep({ key, due, inode }: Block, rows: number, place: Place, ended: boolean): void {
    const before = this.#positions.get(key);
    const latest = due?.[rows - 1] ?? before?.due ?? -Infinity;
    this.#positions.set(key, {
      ...place,
      ended,
      ...(before?.told === true ? { told: true } : {}),
      ...(Number.isFinite(latest) ? { due: latest } : {}),
      ...(inode === undefined ? {} : { inode }),
    });
  }

  /** A source that goes on from a position does not tell again what was told before. */
  endedPartitions(): readonly number[] {
    const overs = this.#lanes.overs.splice(0);
    const { partitions, order } = this.#context.config;
    if (partitions.kind !== 'file' || order !== undefined) return [];
    for (const at of overs) {
      const key = this.partitions[at] ?? '';
      const saved = this.#positions.get(key) ?? { ...START, ended: true };
      this.#positions.set(key, { ...saved, ended: true, told: true });
    }
    return overs;
  }

  async whenReady(): Promise<void> {
    const { signal, nodeId } = this.#context;
    while (!signal.aborted) {
      const { failure } = this.#lanes;
      if (failure !== null) throw atNode(failure, nodeId);
      if (this.ended || this.#lanes.ready) return;
      await this.#untilChanged(signal);
    }
  }

  /** Until a feed changed, the next row of a replay is due, or the signal aborts. */
  #untilChanged(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const due = this.#lanes.nextDue;
      const cancel = Number.isFinite(due) ? this.#context.clock.at(Math.ceil(due), () => done()) : null;
      const done = (): void => {
        cancel?.();
        signal.removeEventListener('abort', done);
        this.#waiting = null;
        resolve();
      };
      signal.addEventListener('abort', done, { once: true });
      this.#waiting = done;
    });
  }

  position(): SourcePosition {
    const { turn } = this.#lanes;
    return { ...Object.fromEntries(this.#positions), ...(turn === null ? {} : { [TURN_KEY]: turn }) };
  }

  lag(): SourceLag {
    if (this.#pace !== null) return pacedLag(this.#lanes, this.#pace, this.#context.clock);
    const records = this.#lanes.remaining;
    return { records, ms: records === 0 ? 0 : Number.NaN };
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#looking;
    await Promise.all(this.#lanes.lanes.map((l) => l.feed.stop()));
    this.#changed();
  }
}

/** Problems of settings are stated from the node's config on; a run needs the whole path. */
function atNode(error: unknown, nodeId: string): unknown {
  if (!(error instanceof WeirError) || error.problem.path[0] !== 'config') return error;
  const path = ['nodes', nodeId, ...error.problem.path];
  return new WeirError({ ...error.problem, path }, { cause: error });
}

const tooManyFiles = (count: number): WeirError =>
  new WeirError(
    problem('C-LIMIT', {
      path: ['config', 'path'],
      message: `${count} files would be read side by side.`,
      value: `${count} files`,
      expected: `at most ${FEEDS_MAX}`,
      next: 'Narrow the path, or read the files one after the other (one partition, without follow).',
    }),
  );

export const fileSource: SourceRuntime<FileConfig> = {
  create: (context) => new FileSource(context),
  infer: inferFile,
};
