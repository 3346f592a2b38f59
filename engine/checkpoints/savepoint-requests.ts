/**
 * Savepoints asked for by another process: it puts `savepoint-ID.ask` into the folder of the checkpoints, and the run that holds the
 * folder answers with `savepoint-ID.answer`. Files alone: it works on every platform and needs no port. Both are renamed into place, so that
 * nobody reads half of one.
 */
import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { checkSavepointName } from '../contract/checkpoints.ts';
import { type Problem, problem, showValue, WeirError } from '../contract/problems.ts';
import { holderOf, isAlive, thisProcess } from './lock.ts';

const ASK = /^savepoint-([0-9a-f-]{36})\.ask$/;
/** How often a run looks, and whoever asked looks for the answer, ms. */
const LOOK_EVERY_MS = 250;
const ANSWER_EVERY_MS = 50;

const zAsk = z.object({ name: z.string(), pid: z.int(), started: z.string().nullable() });
const zAnswer = z.object({ problem: z.custom<Problem>().nullable() });

/** Answers what is asked while a run holds the folder. Returns what ends it. */
export function answerSavepoints(folder: string, grant: (name: string) => Promise<void>): () => void {
  let isBusy = false;
  const look = async (): Promise<void> => {
    const names = await readdir(folder).catch(() => []);
    for (const name of names) {
      const id = ASK.exec(name)?.[1];
      if (id !== undefined) await answer(folder, id, grant);
    }
  };
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    void look()
      // A folder that cannot be read or written fails the checkpoints too, which say so.
      .catch(() => {})
      .finally(() => {
        isBusy = false;
      });
  }, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

async function answer(folder: string, id: string, grant: (name: string) => Promise<void>): Promise<void> {
  const path = join(folder, `savepoint-${id}.ask`);
  const asked = zAsk.safeParse(JSON.parse(await readFile(path, 'utf8')));
  // Before anything is done about it: whatever comes of it, it is not done twice.
  await rm(path);
  // Whoever asked may have been killed since, and wants nothing any more.
  if (!asked.success || !(await isAlive(asked.data))) return;
  let found: Problem | null = null;
  try {
    await grant(asked.data.name);
  } catch (error) {
    found = error instanceof WeirError ? error.problem : failed(error);
  }
  await put(folder, `savepoint-${id}.answer`, { problem: found });
}

/**
 * Resolves when the run that holds the folder has kept a savepoint of this name.
 * @throws WeirError `K-NONE` where no run holds it, or it does not answer in `timeoutMs`; `K-NAME`, or why it failed
 */
export async function askForSavepoint(folder: string, name: string, timeoutMs: number): Promise<void> {
  checkSavepointName(name);
  if ((await holderOf(folder)) === null) throw nobody(folder);
  const id = randomUUID();
  const ask = join(folder, `savepoint-${id}.ask`);
  const answered = join(folder, `savepoint-${id}.answer`);
  await put(folder, `savepoint-${id}.ask`, { name, ...(await thisProcess()) });
  const until = performance.now() + timeoutMs;
  try {
    for (;;) {
      const holder = await holderOf(folder);
      // Looked for after its run: an answer may be the last thing that it wrote.
      const text = await readFile(answered, 'utf8').catch(() => null);
      if (text !== null) {
        const { problem: found } = zAnswer.parse(JSON.parse(text));
        if (found !== null) throw new WeirError(found);
        return;
      }
      if (holder === null) throw nobody(folder);
      if (performance.now() > until) throw tooLate(folder, timeoutMs);
      await new Promise((resolve) => setTimeout(resolve, ANSWER_EVERY_MS));
    }
  } finally {
    await rm(ask, { force: true });
    await rm(answered, { force: true });
  }
}

async function put(folder: string, name: string, data: object): Promise<void> {
  const aside = join(folder, `${name}.part`);
  await writeFile(aside, JSON.stringify(data));
  await rename(aside, join(folder, name));
}

const nobody = (folder: string): WeirError =>
  new WeirError(
    problem('K-NONE', {
      path: [],
      message: `No run holds the checkpoints in ${folder}, so none can take a savepoint.`,
      value: showValue(folder),
      expected: 'the folder of a run that goes on',
      next: 'Start one with `weir run FILE --checkpoints DIR`; of one that has ended, go on from its last checkpoint.',
    }),
  );

const tooLate = (folder: string, ms: number): WeirError =>
  new WeirError(
    problem('K-NONE', {
      path: [],
      message: `The run that holds ${folder} did not answer in ${ms / 1000} s. If it had begun with the savepoint, it still comes.`,
      expected: 'a run that is not paused by a debugger, and checkpoints that take less time',
      next: 'Look at its log, wait longer with --timeout, or ask again.',
    }),
  );

const failed = (error: unknown): Problem =>
  problem('K-NONE', {
    path: [],
    message: `The savepoint failed: ${error instanceof Error ? error.message : String(error)}`,
    next: 'Look at the log of the run.',
  });
