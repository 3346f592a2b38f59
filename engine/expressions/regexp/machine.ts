/** Runs a program over a text: all threads at one place step together, in the order of their preference. */
import type { Instruction } from './program.ts';

/** By slot, the place in UTF-16 units, -1 where a group has no part in the match: 0 and 1 are the whole match. */
export type Places = readonly number[];

interface Thread {
  readonly at: number;
  readonly places: Places;
}

export function runMachine(
  program: readonly Instruction[],
  slots: number,
  text: string,
  from: number,
): Places | null {
  const seen = new Int32Array(program.length).fill(-1);
  let step = 0;
  let found: Places | null = null;
  let current: Thread[] = [];

  /** Follows what takes no character. An explicit stack: programs may be long. */
  const add = (to: Thread[], start: Thread, place: number): void => {
    const stack = [start];
    for (let thread = stack.pop(); thread !== undefined; thread = stack.pop()) {
      const { at, places } = thread;
      if (seen[at] === step) continue;
      seen[at] = step;
      const instruction = program[at];
      switch (instruction?.op) {
        case 'jump':
          stack.push({ at: instruction.to, places });
          break;
        case 'split':
          stack.push({ at: instruction.second, places }, { at: instruction.first, places });
          break;
        case 'save':
          stack.push({ at: at + 1, places: places.with(instruction.slot, place) });
          break;
        case 'assert':
          if (holds(instruction.what, text, place)) stack.push({ at: at + 1, places });
          break;
        case undefined:
          break;
        default:
          to.push(thread);
      }
    }
  };

  const none: Places = new Array<number>(slots).fill(-1);
  for (let place = from; ; ) {
    // The least preferred: a match that begins here, unless one was found that begins before.
    if (found === null) add(current, { at: 0, places: none }, place);
    if (current.length === 0 && found !== null) return found;
    const code = text.codePointAt(place);
    const width = code !== undefined && code > 0xffff ? 2 : 1;
    const next: Thread[] = [];
    step++;
    for (const thread of current) {
      const instruction = program[thread.at];
      if (instruction?.op === 'match') {
        found = thread.places;
        break;
      }
      if (instruction?.op === 'char' && code !== undefined && instruction.test(code))
        add(next, { at: thread.at + 1, places: thread.places }, place + width);
    }
    if (code === undefined) return found;
    current = next;
    place += width;
  }
}

function holds(what: (Instruction & { op: 'assert' })['what'], text: string, place: number): boolean {
  switch (what) {
    case 'start':
      return place === 0;
    case 'end':
      return place === text.length;
    case 'last-line-end':
      return place === text.length || (place === text.length - 1 && text[place] === '\n');
    default:
      return (isWord(text, place - 1) !== isWord(text, place)) === (what === 'boundary');
  }
}

const isWord = (text: string, at: number): boolean =>
  at >= 0 && at < text.length && /\w/.test(text.charAt(at));
