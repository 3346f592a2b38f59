import { problem, WeirError } from '../../contract/problems.ts';
import { type DecodeField, START } from '../../formats/codec.ts';
import { decodeFields } from '../../formats/decode-fields.ts';
import { checkedSetting } from '../../plan/check-setting.ts';
import {
  type DeadLetter,
  PREFETCH_BYTES_MAX,
  type Source,
  type SourceContext,
  type SourceLag,
  type SourceOutput,
  type SourcePosition,
  type SourceRuntime,
} from '../../runtime/contracts.ts';
import { type Block, Interning, sliceBatch } from './block.ts';
import type { Feed } from './feed.ts';
import { FileFeed, type FileTask } from './file-feed.ts';
import { NewFiles } from './follow.ts';
import { inferFile } from './infer.ts';
import { locateFiles } from './locate.ts';
import { countUpTo, Pace } from './pace.ts';
import { Partitioner } from './partition.ts';
import { readPosition, type SavedPosition } from './position.ts';
import { SecondsCheck } from './seconds.ts';
import { SORTED_KEY, SortedFeed } from './sorted-feed.ts';
import type { FileConfig } from './spec.ts';

/** Files that are read side by side. */
const FEEDS_MAX = 256;
/** Rows of one file before it is the next one's turn: fixed, so that the mixture is the same at any batch size. */
const TURN_ROWS = 1024;

/** A feed and how far its first block was used. */
interface Lane {
  readonly feed: Feed;
  /** Of partitions by file. */
  readonly partition: number;
  /** Rows of the head that were given. */
  at: number;
  /** Bad records of the head that were given. */
  letters: number;
  /** Told as ended, or no partition of its own. */
  over: boolean;
}

class FileSource implements Source {
  partitions: readonly string[] = [];
  readonly #context: SourceContext<FileConfig>;
  readonly #pace: Pace | null;
  readonly #positions = new Map<string, SavedPosition>();
  #lanes: Lane[] = [];
  #partitioner: Partitioner | null = null;
  #ended: number[] = [];
  #turn = 0;
  #turnRows = 0;
  #waiting: (() => void) | null = null;
  readonly #closed = new AbortController();
  #looking: Promise<void> = Promise.resolve();

  constructor(context: SourceContext<FileConfig>) {
    this.#context = context;
    const { replay } = context.config;
    this.#pace = replay.kind === 'time' ? new Pace(context.clock, replay.speed) : null;
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
    for (const [key, saved] of readPosition(restored, this.#context.nodeId)) this.#positions.set(key, saved);
    this.#partitioner = new Partitioner(config, fields, names);
    this.partitions = this.#partitioner.names;

    const tasks = files.map((path, file): FileTask => {
      const key = names[file] ?? path;
      return { path, key, file, from: this.#positions.get(key) ?? START };
    });
    if (config.order !== undefined) this.#lanes = [lane(this.#sorted(tasks, config.order), 0)];
    else {
      const isRead = ({ key }: FileTask): boolean => this.#positions.get(key)?.ended === true;
      if (config.partitions.kind === 'file') this.#ended = tasks.filter(isRead).map(({ file }) => file);
      this.#openPlain(tasks.filter((task) => !isRead(task)));
    }
  }

  #openPlain(tasks: readonly FileTask[]): void {
    const { config } = this.#context;
    const sideBySide = config.partitions.kind === 'file' || config.follow;
    if (sideBySide && tasks.length > FEEDS_MAX) throw tooManyFiles(tasks.length);
    const groups = sideBySide ? tasks.map((task) => [task]) : tasks.length === 0 ? [] : [tasks];
    const interning = new Interning(this.#context.fields, true);
    const bytesMax = PREFETCH_BYTES_MAX / Math.max(1, groups.length);
    const open = (group: readonly FileTask[]): Lane =>
      lane(
        this.#files(group, interning, bytesMax, () => this.#changed()),
        group[0]?.file ?? 0,
      );
    this.#lanes = groups.map(open);
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
        if (byFile || this.#lanes.length >= FEEDS_MAX) {
          log('warning', `${key} is new and is read from the next run on.`);
          return;
        }
        log('info', `${key} is new.`);
        this.#lanes.push(open([{ path, key, file: 0, from: this.#positions.get(key) ?? START }]));
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

  #files(tasks: readonly FileTask[], interning: Interning, bytesMax: number, changed: () => void): FileFeed {
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
    return this.#lanes.every((l) => l.feed.finished && l.feed.failure === null && this.#head(l) === null);
  }

  /** The lane's block with something left; blocks that only mark an end are taken note of. */
  #head(l: Lane): Block | null {
    for (;;) {
      const block = l.feed.head();
      if (block === null) return null;
      if (l.at < block.batch.length || l.letters < block.letters.length) return block;
      this.#positions.set(block.key, { ...block.end, ended: block.last });
      l.at = 0;
      l.letters = 0;
      l.feed.shift();
    }
  }

  poll(maxRows: number): SourceOutput | null {
    const next = this.#choose();
    if (next === null) return null;
    const { lane: chosen, block } = next;
    const from = chosen.at;
    const until = Math.min(block.batch.length, from + Math.min(maxRows, next.rows));
    chosen.at = until;
    this.#turnRows += until - from;
    const deadLetters: DeadLetter[] = [];
    for (; chosen.letters < block.letters.length; chosen.letters++) {
      const waiting = block.letters[chosen.letters];
      if (waiting === undefined || waiting.before > until) break;
      deadLetters.push(waiting.letter);
    }
    this.#note(block, until, chosen.letters);
    this.#head(chosen);
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
    this.#positions.set(block.key, { offset, number, memo: block.end.memo, ended: false });
  }

  /** The lane whose rows come next, and how many of them. */
  #choose(): { lane: Lane; block: Block; rows: number } | null {
    if (this.#pace !== null && !this.#context.config.follow) return this.#chooseByTime(this.#pace);
    // Once more than there are lanes: the first may have had its turn and be the only one with rows.
    for (let tried = 0; tried <= this.#lanes.length && this.#lanes.length > 0; tried++) {
      const l = this.#lanes[this.#turn] as Lane;
      const block = this.#head(l);
      if (block !== null && this.#turnRows < TURN_ROWS) {
        const rows = this.#lanes.length === 1 ? block.batch.length : TURN_ROWS - this.#turnRows;
        const due = this.#dueRows(l, block, rows);
        if (this.#lanes.length === 1) this.#turnRows = 0;
        if (due > 0 || block.letters.length > l.letters) return { lane: l, block, rows: due };
      } else if (block === null && !this.#isOver(l) && !this.#context.config.follow) return null;
      this.#turn = (this.#turn + 1) % this.#lanes.length;
      this.#turnRows = 0;
    }
    return null;
  }

  /** Whether a lane without a head is at its end. Looked at in the order of the turns only, so it is no matter of timing. */
  #isOver(l: Lane): boolean {
    if (!l.feed.finished) return false;
    if (!l.over && l.feed.failure === null) {
      l.over = true;
      const { partitions, order } = this.#context.config;
      if (partitions.kind === 'file' && order === undefined) this.#ended.push(l.partition);
    }
    return true;
  }

  endedPartitions(): readonly number[] {
    return this.#ended.splice(0);
  }

  /** Rows of the head that are due. */
  #dueRows(l: Lane, block: Block, most: number): number {
    const rows = Math.min(most, block.batch.length - l.at);
    if (this.#pace === null || block.due === null) return rows;
    this.#pace.start(block.due[l.at] ?? Number.NaN);
    return Math.min(rows, countUpTo(block.due, l.at, this.#pace.now));
  }

  /** Merges the lanes by the time that paces them; every lane must show its head first. */
  #chooseByTime(pace: Pace): { lane: Lane; block: Block; rows: number } | null {
    let best: { lane: Lane; block: Block; time: number } | null = null;
    let second = Infinity;
    for (const l of this.#lanes) {
      const block = this.#head(l);
      if (block === null) {
        if (this.#isOver(l)) continue;
        return null;
      }
      const time = l.at < block.batch.length ? (block.due?.[l.at] ?? -Infinity) : -Infinity;
      if (best === null || time < best.time) {
        second = best?.time ?? Infinity;
        best = { lane: l, block, time };
      } else second = Math.min(second, time);
    }
    if (best === null) return null;
    const { lane: l, block } = best;
    pace.start(best.time);
    const rows =
      block.due === null ? block.batch.length : countUpTo(block.due, l.at, Math.min(pace.now, second));
    return rows > 0 || block.letters.length > l.letters ? { lane: l, block, rows } : null;
  }

  async whenReady(): Promise<void> {
    const { signal } = this.#context;
    while (!signal.aborted) {
      const { failure } =
        this.#lanes.find((l) => l.feed.failure !== null && this.#head(l) === null)?.feed ?? {};
      if (failure != null) throw atNode(failure, this.#context.nodeId);
      if (this.ended || this.#choose() !== null) return;
      await this.#untilChanged(signal);
    }
  }

  /** Until a feed changed, the next row of a replay is due, or the signal aborts. */
  #untilChanged(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const { clock } = this.#context;
      const due = this.#nextDue();
      const cancel = Number.isFinite(due) ? clock.at(Math.ceil(due), done) : null;
      const self = this;
      function done(): void {
        cancel?.();
        signal.removeEventListener('abort', done);
        self.#waiting = null;
        resolve();
      }
      signal.addEventListener('abort', done, { once: true });
      this.#waiting = done;
    });
  }

  #nextDue(): number {
    const pace = this.#pace;
    if (pace === null) return Infinity;
    return this.#lanes.reduce((least, l) => {
      const time = this.#head(l)?.due?.[l.at];
      return time === undefined ? least : Math.min(least, pace.at(time));
    }, Infinity);
  }

  position(): SourcePosition {
    return Object.fromEntries(this.#positions);
  }

  lag(): SourceLag {
    if (this.#pace !== null) return this.#pacedLag(this.#pace);
    const records = this.#lanes.reduce((sum, l) => sum + l.feed.remaining - l.at, 0);
    return { records, ms: records === 0 ? 0 : Number.NaN };
  }

  /** Of a replay, only records that are due have happened. */
  #pacedLag(pace: Pace): SourceLag {
    let records = 0;
    let ms = 0;
    for (const l of this.#lanes) {
      const block = this.#head(l);
      if (block === null) {
        if (!l.feed.finished) records = Number.NaN;
        continue;
      }
      const due = block.due === null ? block.batch.length - l.at : countUpTo(block.due, l.at, pace.now);
      // Where the whole block is due, more behind it may be.
      records += l.at + due < block.batch.length || block.last ? due : Number.NaN;
      const first = block.due?.[l.at];
      const dueAt = first === undefined ? -Infinity : pace.at(first);
      if (due > 0 && Number.isFinite(dueAt)) ms = Math.max(ms, this.#context.clock.now() - dueAt);
    }
    return { records, ms };
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#looking;
    await Promise.all(this.#lanes.map((l) => l.feed.stop()));
    this.#changed();
  }
}

const lane = (feed: Feed, partition: number): Lane => ({ feed, partition, at: 0, letters: 0, over: false });

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
