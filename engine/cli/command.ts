import { type ParseArgsConfig, parseArgs } from 'node:util';
import { nearest } from '../contract/problems.ts';

export interface Command {
  /** What `weir COMMAND --help` prints. */
  readonly help: string;
  /** Returns the exit code. Throws `UsageError`. */
  run(args: readonly string[]): Promise<number>;
}

/** The command line is wrong: printed in one line, with where help is. */
export class UsageError extends Error {}

type Options = NonNullable<ParseArgsConfig['options']>;

/** `parseArgs` of node:util, whose errors become usage errors that know the nearest option. */
export function readArgs<const O extends Options>(args: readonly string[], options: O) {
  const config = { args: [...args], options, allowPositionals: true, strict: true } as const;
  try {
    return parseArgs(config);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const unknown = /Unknown option '(--?[^']+)'/.exec(message)?.[1];
    if (unknown === undefined) throw new UsageError(message.split('\n')[0] ?? message);
    const near = nearest(unknown.replace(/^-+/, ''), Object.keys(options));
    throw new UsageError(`unknown option ${unknown}${near === null ? '' : `; did you mean --${near}?`}`);
  }
}

/** A whole number of an option. */
export function readInteger(name: string, text: string | undefined, min: number, max: number): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new UsageError(`--${name} ${JSON.stringify(text)}: expected a whole number from ${min} to ${max}`);
}
