import { PARALLELISM_MAX } from '../contract/parallelism.ts';
import { type Command, readArgs, readInteger, UsageError } from './command.ts';
import { EXIT, EXIT_HELP } from './exit-codes.ts';

const HELP = `weir explain FILE: show how a pipeline would run, without running it

Prints the physical plan: every node with what it does, operators that are fused into one generated function, state and the
keys it is split by; on every edge the schema, whether rows carry event time, and whether it is append-only or
updating (and by which key); and the guarantee that every sink really gets, with the reason.

Options
  --json            the plan as one JSON object
  --checkpoints     as \`weir run --checkpoints DIR\` would run it; where the settings ask for checkpoints, it always is
  --parallelism N   as \`weir run --parallelism N\` would run it: which workers run a node, and in how many parts its state is
  --dump-code DIR   writes the generated code of every fused chain to DIR/NODE.js, made where it is missing

Examples
  weir explain flight-delays.weir
  weir explain flight-delays.weir --dump-code /tmp/code

${EXIT_HELP}`;

export const command: Command = { help: HELP, run };

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArgs(args, {
    json: { type: 'boolean', default: false },
    checkpoints: { type: 'boolean', default: false },
    parallelism: { type: 'string' },
    'dump-code': { type: 'string' },
  });
  const parallelism = readInteger('parallelism', values.parallelism, 1, PARALLELISM_MAX) ?? undefined;
  const [file, ...more] = positionals;
  if (file === undefined) throw new UsageError('which pipeline? Expected a .weir file');
  if (more.length > 0) throw new UsageError(`one pipeline at a time, not also ${more.join(' ')}`);
  const [{ loadPipeline }, { explain, printPlan }, { checkGraph }, { printProblem }] = await Promise.all([
    import('./load.ts'),
    import('../runtime/explain.ts'),
    import('../plan/check.ts'),
    import('../contract/problems.ts'),
  ]);
  const { document, problems } = await loadPipeline(file);
  for (const found of problems) console.error(printProblem(found));
  if (document === null) return EXIT.problems;
  const plan = explain(checkGraph(document), values.checkpoints || undefined, parallelism);
  console.log(values.json ? JSON.stringify(plan, null, 2) : printPlan(plan));
  if (values['dump-code'] !== undefined) {
    const { dumpCode } = await import('./dump-code.ts');
    for (const path of await dumpCode(document, values['dump-code'])) console.error(`written: ${path}`);
  }
  return EXIT.ok;
}
