/** Options of `weir run` about checkpoints. */
import { resolve } from 'node:path';
import { LATEST, zSavepointName } from '../contract/checkpoints.ts';
import { parseDuration } from '../contract/duration.ts';
import type { RunOptions } from '../contract/link.ts';
import { UsageError } from './command.ts';

export const CHECKPOINT_ARGS = {
  checkpoints: { type: 'string' },
  'checkpoint-every': { type: 'string' },
  restore: { type: 'string' },
  'drop-state': { type: 'string' },
  'stop-savepoint': { type: 'string' },
} as const;

export const CHECKPOINT_HELP = `  --checkpoints DIR   keeps checkpoints there, every 10 s or as the pipeline's settings say; after a crash, or kill -9,
                      \`--restore latest\` goes on from the last one, and sinks that can have every row exactly once
  --checkpoint-every DURATION
  --restore WHICH     goes on from a checkpoint of --checkpoints DIR: latest, its number, or the name of a savepoint. The
                      pipeline may have been edited since: state is taken over by the nodes' ids, and what cannot be
                      is refused (\`weir checkpoints DIR --against FILE\` says it before)
  --drop-state NODES  gives up what the checkpoint has of these nodes, with commas between them
  --stop-savepoint NAME
                      where Ctrl-C or --for ends the run, what it has done is kept under this name`;

type Values = { readonly [K in keyof typeof CHECKPOINT_ARGS]?: string | undefined };

export function readCheckpoints(values: Values): Pick<RunOptions, 'checkpoints'> {
  const { checkpoints: folder, 'checkpoint-every': every, restore, 'drop-state': drop } = values;
  const savepoint = values['stop-savepoint'];
  if (folder === undefined) {
    const needing = (['checkpoint-every', 'restore', 'drop-state', 'stop-savepoint'] as const).find(
      (name) => values[name] !== undefined,
    );
    if (needing !== undefined) throw new UsageError(`--${needing} needs --checkpoints DIR`);
    return {};
  }
  const everyMs = every === undefined ? null : parseDuration(every);
  if (every !== undefined && (everyMs === null || everyMs <= 0))
    throw new UsageError(
      `--checkpoint-every ${JSON.stringify(every)}: expected a duration such as 5s or 1min`,
    );
  if (drop !== undefined && restore === undefined)
    throw new UsageError('--drop-state needs --restore: without it, every node begins without state');
  if (savepoint !== undefined) checkName(savepoint);
  return {
    checkpoints: {
      folder: resolve(folder),
      ...(everyMs === null ? {} : { everyMs }),
      ...(restore === undefined ? {} : { restore: readWhich('restore', restore) }),
      ...(drop === undefined ? {} : { drop: readNames(drop) }),
    },
  };
}

/** `latest`, a number, or a name. */
export function readWhich(option: string, text: string): string | number {
  if (/^\d+$/.test(text)) {
    const number = Number(text);
    if (number >= 1 && number <= 1e9) return number;
  } else if (text === LATEST || zSavepointName.safeParse(text).success) return text;
  throw new UsageError(
    `--${option} ${JSON.stringify(text)}: expected latest, the number of a checkpoint, or the name of a savepoint`,
  );
}

export const readNames = (text: string): string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

export function checkName(name: string): void {
  const parsed = zSavepointName.safeParse(name);
  if (!parsed.success)
    throw new UsageError(
      `a savepoint cannot be called ${JSON.stringify(name)}: ${parsed.error.issues[0]?.message}`,
    );
}
