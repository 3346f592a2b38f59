/**
 * `npm run conformance -- DIR… [--json FILE]`: published cases of stream processing in a neutral format, run against
 * this engine. A case passes, fails, or is skipped with the reason: what its description asks for that is not there.
 * Exit code 0 where nothing failed, 1 where something did, 2 where there is nothing to run.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Outcome, readCase } from './case.ts';
import { type Found, findCases } from './find.ts';
import { runCase } from './run-case.ts';

const { values, positionals } = parseArgs({
  options: { json: { type: 'string' }, quiet: { type: 'boolean', default: false } },
  allowPositionals: true,
});

interface Result {
  readonly name: string;
  readonly file: string;
  readonly outcome: Outcome;
}

process.exitCode = main();

function main(): number {
  if (positionals.length === 0) {
    console.error(
      'npm run conformance -- DIR… [--json FILE] [--quiet]\nDIR: a folder with index.json or cases, or one case.',
    );
    return 2;
  }
  let found: Found[];
  try {
    found = positionals.flatMap(findCases);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 2;
  }
  const results = found.map(resultOf);
  for (const { name, outcome } of results) {
    if (outcome.status === 'passed') {
      if (!values.quiet) console.log(`passed   ${name}`);
    } else if (outcome.status === 'failed' || !values.quiet) {
      console.log(`${outcome.status.padEnd(7)}  ${name}: ${outcome.reason}`);
    }
  }
  const count = (status: Outcome['status']): number =>
    results.filter((r) => r.outcome.status === status).length;
  if (values.json !== undefined) {
    const cases = results.map(({ name, file, outcome }) => ({ name, file, ...outcome }));
    const counts = { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
    writeFileSync(values.json, `${JSON.stringify({ ...counts, cases }, null, 2)}\n`);
  }
  console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`);
  if (results.length === 0) return 2;
  return count('failed') > 0 ? 1 : 0;
}

function resultOf({ file, broken }: Found): Result {
  if (broken !== null) return { name: file, file, outcome: { status: 'failed', reason: broken } };
  try {
    const test = readCase(file);
    return { name: test.name, file, outcome: runCase(test) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { name: file, file, outcome: { status: 'failed', reason: `not a case: ${reason}` } };
  }
}
