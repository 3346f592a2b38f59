import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readExamples } from '../../hosts/examples.ts';
import { nearest } from '../contract/problems.ts';
import { EXAMPLES_DIR } from '../serve/locate.ts';
import { type Command, readArgs, UsageError } from './command.ts';
import { EXIT } from './exit-codes.ts';

const HELP = `weir new EXAMPLE [FILE]: write an example to start from

Without EXAMPLE, lists the examples. FILE is EXAMPLE.weir here where it is left out; a file that exists is kept.

Options
  --force    write over a file that exists

Examples
  weir new
  weir new flight-delays
  weir new generator load-test.weir`;

export const command: Command = { help: HELP, run };

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArgs(args, { force: { type: 'boolean', default: false } });
  const [name, file, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`one example at a time, not also ${more.join(' ')}`);
  const examples = await readExamples(EXAMPLES_DIR);
  const keys = examples.map(({ fileName }) => fileName.replace(/\.weir$/, ''));
  if (name === undefined) {
    const width = Math.max(...keys.map((key) => key.length));
    console.log(examples.map((example, i) => `${keys[i]?.padEnd(width)}  ${example.name}`).join('\n'));
    return EXIT.ok;
  }
  const example = examples[keys.indexOf(name.replace(/\.weir$/, ''))];
  if (example === undefined) {
    const near = nearest(name, keys);
    const hint = near === null ? `. Examples: ${keys.join(', ')}` : `; did you mean '${near}'?`;
    throw new UsageError(`there is no example '${name}'${hint}`);
  }
  const path = file ?? example.fileName;
  try {
    await writeFile(resolve(path), example.text, { flag: values.force ? 'w' : 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    if (error.code === 'EEXIST') throw new UsageError(`${path} exists; choose another name, or --force`);
    throw new UsageError(`${path} cannot be written: ${error.message}`);
  }
  console.log(`Wrote ${path}. Run it: weir run ${path}`);
  return EXIT.ok;
}
