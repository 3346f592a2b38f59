import { printProblem } from '../contract/problems.ts';
import type { SinkDifference, TestOutcome } from '../testing/document-tests.ts';
import { type Command, readArgs, UsageError } from './command.ts';
import { EXIT, EXIT_HELP } from './exit-codes.ts';

const HELP = `weir test FILE…: run the tests that pipelines carry

A document may hold tests under "tests": the rows that each source gives, and the rows that sinks must get. They run with
the sources' own event times and watermarks, on a virtual clock, without files, ports or brokers:

  "tests": [
    {
      "name": "a late flight goes to the late table",
      "input": { "flights": [{ "date": "2001-01-01T00:00:00Z", "delay": 5 }] },
      "expected": { "late": [] },
      "tables": { "totals": [{ "origin": "ATL", "flights": 1 }] }
    }
  ]

"expected" holds every row in any order ("order": "exact" where it counts); rows of updating streams say under
"__change" what they do (+I, -U, +U, -D). "tables" holds what stands at the end of an updating stream.

Options
  --json    one JSON object a test: {"file", "name", "passed", "differences", "problems"}

Examples
  weir test flight-delays.weir
  weir test pipelines/*.weir --json

${EXIT_HELP}`;

export const command: Command = { help: HELP, run };

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArgs(args, { json: { type: 'boolean', default: false } });
  if (positionals.length === 0) throw new UsageError('which pipelines? Expected .weir files');
  const [{ loadPipeline }, { runDocumentTests }] = await Promise.all([
    import('./load.ts'),
    import('../testing/document-tests.ts'),
  ]);
  let passed = 0;
  let failed = 0;
  let broken = 0;
  for (const file of positionals) {
    const { document, problems, baseDir } = await loadPipeline(file);
    if (document === null) {
      broken++;
      console.error(`${file}\n${problems.map(printProblem).join('\n')}`);
      continue;
    }
    const outcomes = await runDocumentTests(document, baseDir);
    if (!values.json) console.log(outcomes.length === 0 ? `${file}: no tests` : file);
    for (const outcome of outcomes) {
      if (outcome.passed) passed++;
      else failed++;
      console.log(values.json ? JSON.stringify({ file, ...outcome }) : printOutcome(outcome));
    }
  }
  if (!values.json) console.log(`${passed} passed, ${failed} failed`);
  return broken > 0 ? EXIT.problems : failed > 0 ? EXIT.failed : EXIT.ok;
}

function printOutcome({ name, passed, differences, problems }: TestOutcome): string {
  const lines = [`  ${passed ? 'ok  ' : 'FAIL'}  ${name}`];
  for (const found of problems) lines.push(printProblem(found).replaceAll(/^/gm, '        '));
  for (const difference of differences) lines.push(...printDifference(difference));
  return lines.join('\n');
}

/** Rows that one more or fewer would not help to understand. */
const SHOWN_ROWS_MAX = 20;

function printDifference({ sink, what, missing, unexpected, misordered }: SinkDifference): string[] {
  if (misordered) return [`        ${sink}: the right rows, but in another order`];
  const show = (mark: string, rows: SinkDifference['missing']): string[] => [
    ...rows.slice(0, SHOWN_ROWS_MAX).map((row) => `          ${mark} ${JSON.stringify(row)}`),
    ...(rows.length > SHOWN_ROWS_MAX ? [`          ${mark} and ${rows.length - SHOWN_ROWS_MAX} more`] : []),
  ];
  return [
    `        ${sink}${what === 'table' ? ' (rows at the end)' : ''}: - expected, + came`,
    ...show('-', missing),
    ...show('+', unexpected),
  ];
}
