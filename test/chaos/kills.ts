/** When a run is killed: by the clock, or when the files that it writes say that it is in the middle of something. */
import type { ChildProcess } from 'node:child_process';
import { type FSWatcher, mkdirSync, watch } from 'node:fs';
import { join } from 'node:path';

/** By the clock; while state or manifest is written, renamed, old ones are removed; while a sink shows a file. */
export const MOMENTS = ['start', 'time', 'state', 'manifest', 'published', 'removed', 'visible'] as const;
export type Moment = (typeof MOMENTS)[number];

export interface Kill {
  readonly moment: Moment;
  /** For `start` ms from the start of the process, for `time` from when it has the checkpoints' folder; else the how-manieth time. */
  readonly at: number;
  /** A checkpoint that was never whole is put beside the others: this share of its manifest. Null: none. */
  readonly torn: number | null;
}

/** One to three. */
export function killsOf(below: (n: number) => number): Kill[] {
  return Array.from({ length: 1 + below(3) }, () => {
    const moment = MOMENTS[below(12)] ?? (below(2) === 0 ? 'time' : 'published');
    const at = moment === 'start' ? below(400) : moment === 'time' ? below(500) : 1 + below(4);
    return { moment, at, torn: below(4) === 0 ? below(1000) / 1000 : null };
  });
}

/** Kills the process when the moment comes. Returns what stops waiting for it. */
export function killAt({ moment, at }: Kill, child: ChildProcess, folder: string): () => void {
  const kill = (): void => void child.kill('SIGKILL');
  if (moment === 'start') return stopping(setTimeout(kill, at));
  let left = at;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const watcher = watching(folder, (seen) => {
    if (moment === 'time') {
      if (seen === 'locked') timer ??= setTimeout(kill, at);
    } else if (seen === moment && --left === 0) kill();
  });
  return () => {
    clearTimeout(timer);
    watcher();
  };
}

const stopping = (timer: ReturnType<typeof setTimeout>) => () => clearTimeout(timer);

type Seen = Moment | 'locked';

/** Tells what the run does, by the names that come and go. */
function watching(folder: string, tell: (seen: Seen) => void): () => void {
  const known = new Set<string>();
  const look = (name: string): Seen | null => {
    if (name === 'lock') return 'locked';
    const isNew = !known.has(name);
    known.add(name);
    if (name.endsWith('.state')) return isNew ? 'state' : null;
    if (name.endsWith('.json.part')) return isNew ? 'manifest' : null;
    if (name.endsWith('.json')) return isNew ? 'published' : 'removed';
    return null;
  };
  const watchers: FSWatcher[] = [];
  const add = (name: string, see: (name: string, event: string) => void): void => {
    const path = join(folder, name);
    mkdirSync(path, { recursive: true });
    watchers.push(watch(path, (event, file) => file !== null && see(file, event)));
  };
  add('state', (name, event) => {
    const seen = event === 'rename' ? look(name) : null;
    if (seen !== null) tell(seen);
  });
  add('out', (name, event) => {
    if (event === 'rename' && !name.startsWith('.')) tell('visible');
  });
  return () => {
    for (const watcher of watchers) watcher.close();
  };
}
