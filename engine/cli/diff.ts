/** What differs between two pipelines in what they mean. */
import { resolve } from 'node:path';
import { readTextFile } from '../../hosts/documents.ts';
import { attempt } from '../../hosts/problems.ts';
import { DOCUMENT_SIZE_MAX, type GraphDocument } from '../contract/document.ts';
import { parseDocument } from '../contract/parse.ts';
import { type Problem, printProblem } from '../contract/problems.ts';
import { type Command, readArgs, UsageError } from './command.ts';

const HELP = `weir diff A B: what differs between two pipelines

Compares nodes, settings, edges, run settings and tests, not lines: the order of keys and nodes does not matter. Lines begin
with + (only in B), - (only in A) or ~ (in both, and different); with a blank where the logic is the same: names, notes,
descriptions, and how many nodes were moved. A node that only has another id is told as that. The files are read, not
checked: also pipelines with mistakes in their settings can be compared.

Options
  --json    one JSON object: {"sameLogic", "changes"}; a value that is left out on a side has no key there

Examples
  weir diff before.weir after.weir
  weir diff old.weir new.weir --json | jq '.changes[] | select(.kind == "setting")'

Exit codes
  0    the same logic
  1    different logic
  2    the command line is wrong, or a file is no pipeline`;

/** Those of diff(1), which scripts expect of this name. */
const SAME = 0;
const DIFFERENT = 1;
const TROUBLE = 2;

export const command: Command = { help: HELP, run };

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArgs(args, { json: { type: 'boolean', default: false } });
  const [a, b, ...more] = positionals;
  if (a === undefined || b === undefined) throw new UsageError('which pipelines? Expected two .weir files');
  if (more.length > 0) throw new UsageError(`two pipelines at a time, not also ${more.join(' ')}`);
  const [before, after] = [await read(a), await read(b)];
  for (const [file, read] of [[a, before] as const, [b, after] as const])
    if (!('document' in read))
      for (const found of read.problems) console.error(`${file}: ${printProblem(found)}`);
  if (!('document' in before && 'document' in after)) return TROUBLE;
  const { diffDocuments, isLogic } = await import('../plan/diff.ts');
  const changes = diffDocuments(before.document, after.document);
  const sameLogic = !changes.some(isLogic);
  if (values.json) console.log(JSON.stringify({ sameLogic, changes }, null, 2));
  else for (const line of (await import('../plan/diff-text.ts')).printChanges(changes)) console.log(line);
  return sameLogic ? SAME : DIFFERENT;
}

/** Without preparing it to run: a source's data may be elsewhere, and what is broken can be compared too. */
async function read(file: string): Promise<{ document: GraphDocument } | { problems: readonly Problem[] }> {
  const path = resolve(file);
  const text = await attempt(path, () => readTextFile(path, 3 * DOCUMENT_SIZE_MAX));
  if (!text.ok) return { problems: [text.problem] };
  const parsed = parseDocument(text.value);
  return parsed.ok ? { document: parsed.value } : { problems: parsed.problems };
}
