import { printProblem } from '../contract/problems.ts';
import { type Command, readArgs, UsageError } from './command.ts';
import { EXIT, EXIT_HELP } from './exit-codes.ts';

const HELP = `weir validate FILE…: check pipelines without running them

Checks the document, every setting, and what flows along every edge. A source without a schema is asked for it, as
\`weir run\` does. Each problem says where it is, what was found, what was expected and what to do.

Options
  --json    one JSON object a file: {"file", "ok", "problems"}

Examples
  weir validate pipelines/*.weir
  weir validate broken.weir --json | jq .problems

${EXIT_HELP}`;

export const command: Command = { help: HELP, run };

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArgs(args, { json: { type: 'boolean', default: false } });
  if (positionals.length === 0) throw new UsageError('which pipelines? Expected .weir files');
  const { loadPipeline } = await import('./load.ts');
  let broken = 0;
  for (const file of positionals) {
    const { document, problems } = await loadPipeline(file);
    if (document === null) broken++;
    if (values.json) console.log(JSON.stringify({ file, ok: document !== null, problems }));
    else {
      console.log(`${document === null ? 'BROKEN' : 'ok    '}  ${file}`);
      for (const found of problems) console.log(printProblem(found).replaceAll(/^/gm, '        '));
    }
  }
  return broken > 0 ? EXIT.problems : EXIT.ok;
}
