/**
 * `npm run check`: what can be said about the code without running it. One line a check, and for a failed one the
 * tool's own output and the command that repairs it.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

interface Check {
  readonly name: string;
  /** Arguments of Node. */
  readonly run: readonly string[];
  readonly repair: string;
}

const COLOUR = process.stdout.isTTY === true;
const COLOURS = `--colors=${COLOUR ? 'force' : 'off'}`; // Biome colours pipes too
const BIOME = 'node_modules/@biomejs/biome/bin/biome';
const LAYERING_RULES = ['style/noRestrictedImports', 'suspicious/noImportCycles'];

const CHECKS: readonly Check[] = [
  {
    name: 'types',
    run: ['node_modules/typescript/bin/tsc', '-b', '--pretty', String(COLOUR)],
    repair: 'change the code; `npx tsc -b --watch` follows along',
  },
  {
    name: 'lint and format',
    run: [BIOME, 'ci', COLOURS, '--error-on-warnings', ...LAYERING_RULES.map((rule) => `--skip=${rule}`)],
    repair: 'npx biome check --write',
  },
  {
    name: 'layering',
    run: [BIOME, 'lint', COLOURS, ...LAYERING_RULES.map((rule) => `--only=${rule}`)],
    repair: 'import what the message allows, or move the code; docs/decisions/ says why',
  },
  {
    name: 'generated files',
    run: ['tools/generate.ts', '--check'],
    repair: 'npm run generate',
  },
];

const cwd = fileURLToPath(new URL('..', import.meta.url));
let failed = 0;
for (const { name, run, repair } of CHECKS) {
  const startedAt = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, run, { cwd, encoding: 'utf8' });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const ok = status === 0;
  if (!ok) failed++;
  console.log(`${ok ? 'ok    ' : 'FAILED'}  ${name}  (${seconds} s)${ok ? '' : `  repair: ${repair}`}`);
  if (!ok) console.log(`${stdout}${stderr}`);
}
process.exitCode = failed > 0 ? 1 : 0;
