/** A parsed pattern as a program for threads in step (Pike's machine): its time is the program's length times the text's. */
import { RowError } from '../row-error.ts';
import type { Node, Parsed } from './parse.ts';

export type Test = (code: number) => boolean;
export type Instruction =
  | { readonly op: 'char'; readonly test: Test }
  /** Goes on at `first`, and where that fails at `second`. */
  | { op: 'split'; first: number; second: number }
  | { op: 'jump'; to: number }
  | { readonly op: 'save'; readonly slot: number }
  | { readonly op: 'assert'; readonly what: (Node & { kind: 'assert' })['what'] }
  | { readonly op: 'match' };

const PROGRAM_MAX = 5000;

export function compileProgram({ node, ignoreCase }: Parsed): Instruction[] {
  const program: Instruction[] = [];
  const tests = new Map<string, Test>();
  const put = <T extends Instruction>(instruction: T): T => {
    if (program.length >= PROGRAM_MAX)
      throw new RowError('the regular expression cannot be used: its repeats are too many');
    program.push(instruction);
    return instruction;
  };
  const emit = (n: Node): void => {
    switch (n.kind) {
      case 'set': {
        const known = tests.get(n.source) ?? makeTest(n.source, ignoreCase);
        tests.set(n.source, known);
        put({ op: 'char', test: known });
        return;
      }
      case 'sequence':
        n.parts.forEach(emit);
        return;
      case 'choice': {
        const ends: { to: number }[] = [];
        n.parts.forEach((part, i) => {
          if (i === n.parts.length - 1) {
            emit(part);
            return;
          }
          const split = put({ op: 'split', first: program.length + 1, second: 0 });
          emit(part);
          ends.push(put({ op: 'jump', to: 0 }));
          split.second = program.length;
        });
        for (const end of ends) end.to = program.length;
        return;
      }
      case 'group':
        if (n.index !== null) put({ op: 'save', slot: n.index * 2 });
        emit(n.body);
        if (n.index !== null) put({ op: 'save', slot: n.index * 2 + 1 });
        return;
      case 'repeat':
        repeat(n);
        return;
      case 'assert':
        put({ op: 'assert', what: n.what });
    }
  };
  const optional = (lazy: boolean): { enter(): void; leave(): void } => {
    const split = put({ op: 'split', first: 0, second: 0 });
    return {
      enter: () => {
        split[lazy ? 'second' : 'first'] = program.length;
      },
      leave: () => {
        split[lazy ? 'first' : 'second'] = program.length;
      },
    };
  };
  const repeat = ({ min, max, lazy, body }: Node & { kind: 'repeat' }): void => {
    for (let i = 0; i < min; i++) emit(body);
    if (max === Infinity) {
      const back = program.length;
      const choice = optional(lazy);
      choice.enter();
      emit(body);
      put({ op: 'jump', to: back });
      choice.leave();
      return;
    }
    const choices = Array.from({ length: max - min }, () => {
      const choice = optional(lazy);
      choice.enter();
      emit(body);
      return choice;
    });
    for (const choice of choices) choice.leave();
  };
  put({ op: 'save', slot: 0 });
  emit(node);
  put({ op: 'save', slot: 1 });
  put({ op: 'match' });
  return program;
}

/** ASCII is looked up; other characters are asked of the host's engine, one at a time. */
function makeTest(source: string, ignoreCase: boolean): Test {
  const one = new RegExp(`^${source}$`, ignoreCase ? 'iu' : 'u');
  const ascii = Uint8Array.from({ length: 128 }, (_, code) => Number(one.test(String.fromCharCode(code))));
  return (code) => (code < 128 ? ascii[code] === 1 : one.test(String.fromCodePoint(code)));
}
