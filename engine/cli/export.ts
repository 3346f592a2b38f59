import { type Command, readArgs, UsageError } from './command.ts';
import { EXIT, EXIT_HELP } from './exit-codes.ts';

const HELP = `weir export FILE: write a pipeline as something for others

Options
  --as mermaid   a flowchart in Mermaid, which README pages of GitHub and GitLab draw (this is the default)

Examples
  weir export flight-delays.weir > flight-delays.mmd

${EXIT_HELP}`;

export const command: Command = { help: HELP, run };

const FORMATS = ['mermaid'];

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArgs(args, { as: { type: 'string', default: 'mermaid' } });
  const [file, ...more] = positionals;
  if (file === undefined) throw new UsageError('which pipeline? Expected a .weir file');
  if (more.length > 0) throw new UsageError(`one pipeline at a time, not also ${more.join(' ')}`);
  if (!FORMATS.includes(values.as))
    throw new UsageError(`--as ${JSON.stringify(values.as)}: expected ${FORMATS.join(' or ')}`);
  const [{ loadPipeline }, { mermaidOf }, { checkGraph }, { printProblem }] = await Promise.all([
    import('./load.ts'),
    import('../plan/mermaid.ts'),
    import('../plan/check.ts'),
    import('../contract/problems.ts'),
  ]);
  const { document, problems } = await loadPipeline(file);
  for (const found of problems) console.error(printProblem(found));
  if (document === null) return EXIT.problems;
  process.stdout.write(mermaidOf(checkGraph(document)));
  return EXIT.ok;
}
