import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

/** The import rules of biome.json, tried on a tree of one-line files: each refused import must say what is allowed. */

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BIOME = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');

const REFUSED: readonly (readonly [file: string, line: string, message: RegExp])[] = [
  ['engine/contract/a.ts', `import '../plan/x.ts';`, /engine\/contract imports nothing of ours/],
  ['engine/contract/b.ts', `import 'node:fs';`, /engine\/contract imports nothing of ours/],
  ['engine/contract/deep/c.ts', `import '../../specs.ts';`, /engine\/contract imports nothing of ours/],
  ['engine/plan/a.ts', `export { x } from '../runtime/x.ts';`, /pure: they may import engine\/contract/],
  ['engine/plan/b.ts', `import type { Stats } from 'node:fs';`, /pure: they may import engine\/contract/],
  ['engine/expressions/a.ts', `import 'react';`, /pure: they may import engine\/contract/],
  ['engine/specs.ts', `import './connectors/kafka/source.ts';`, /pure: they may import engine\/contract/],
  ['engine/connectors/kafka/spec.ts', `import './sink.ts';`, /pure: they may import engine\/contract/],
  ['engine/operators/map/plan.ts', `import './operator.ts';`, /pure: they may import engine\/contract/],
  ['engine/runtime/a.ts', `import type { X } from '../../renderer/x.ts';`, /the engine runs headless/],
  ['engine/runtime/b.ts', `export const x = await import('electron');`, /the engine runs headless/],
  ['engine/runtime/c.ts', `export * from '../../test/x.ts';`, /shipped code never imports test\//],
  ['renderer/app/a.tsx', `import '../../engine/runtime/x.ts';`, /the studio may import engine\/contract/],
  [
    'renderer/app/b.ts',
    `import '../../engine/connectors/kafka/spec.ts';`,
    /the studio may import engine\/contract/,
  ],
  ['renderer/app/c.ts', `import 'node:path';`, /the studio may import engine\/contract/],
  ['renderer/app/d.ts', `import { ipcRenderer } from 'electron';`, /the studio may import engine\/contract/],
  ['renderer/e.ts', `import '../electron/features/menu.ts';`, /the studio may import engine\/contract/],
  ['electron/a.ts', `import '../engine/host.ts';`, /the shell may import engine\/contract/],
  ['hosts/a.ts', `import '../engine/runtime/x.ts';`, /hosts\/ holds what every host offers/],
  ['hosts/b.ts', `import { app } from 'electron';`, /hosts\/ holds what every host offers/],
  ['electron/features/b.ts', `import '../../renderer/x.ts';`, /the shell may import engine\/contract/],
];

const ALLOWED: readonly (readonly [file: string, line: string])[] = [
  ['engine/contract/ok.ts', `import './x.ts';\nimport 'zod';`],
  ['engine/contract/ok2.ts', `import './host.ts';`],
  ['engine/plan/ok2.ts', `import '../contract/host.ts';`],
  ['engine/operators/window/plan.ts', `import './spec.ts';\nimport '../../expressions/x.ts';`],
  ['engine/plan/ok.ts', `import '../contract/x.ts';\nimport '../expressions/x.ts';\nimport '../specs.ts';`],
  ['engine/operators/map/spec.ts', `import '../../contract/spec.ts';\nimport 'zod';`],
  [
    'engine/runtime/ok.ts',
    `import 'node:fs';\nimport '../plan/x.ts';\nimport '../connectors/kafka/source.ts';`,
  ],
  ['engine/runtime/any.test.ts', `import '../../test/x.ts';\nimport '../../electron/x.ts';`],
  [
    'renderer/app/ok.ts',
    `import '../../engine/contract/x.ts';\nimport '../../engine/specs.ts';\nimport 'react';`,
  ],
  ['renderer/app/ok2.ts', `import '../../engine/plan/x.ts';\nimport '../../electron/ipc/contract.ts';`],
  ['renderer/app/ok3.ts', `import '../engine-client/x.ts';\nimport '../../engine/expressions/deep/x.ts';`],
  ['hosts/ok.ts', `import 'node:fs';\nimport '../engine/contract/x.ts';\nimport 'zod';`],
  ['electron/ok2.ts', `import '../hosts/x.ts';`],
  ['electron/ok.ts', `import 'node:fs';\nimport 'electron';\nimport '../engine/contract/x.ts';`],
];

const CYCLE: readonly (readonly [file: string, line: string])[] = [
  ['engine/runtime/cycle1.ts', `import { b } from './cycle2.ts';\nexport const a = () => b;`],
  ['engine/runtime/cycle2.ts', `import { a } from './cycle1.ts';\nexport const b = () => a;`],
];

interface Diagnostic {
  readonly category: string;
  readonly message: string;
  readonly location: { readonly path: string };
}

describe('layering', () => {
  let folder: string;
  let diagnostics: readonly Diagnostic[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weir-layering-'));
    await copyFile(join(ROOT, 'biome.json'), join(folder, 'biome.json'));
    for (const [file, line] of [...REFUSED, ...ALLOWED, ...CYCLE]) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), `${line}\n`);
    }
    diagnostics = await lint(folder);
  });

  after(() => rm(folder, { recursive: true, force: true }));

  for (const [file, line, message] of REFUSED) {
    test(`refused in ${file}: ${line}`, () => {
      const found = diagnostics.filter((one) => one.location.path === file);
      assert.equal(found[0]?.category, 'lint/style/noRestrictedImports');
      assert.match(found[0].message, message);
    });
  }

  for (const [file] of ALLOWED) {
    test(`allowed: the imports of ${file}`, () => {
      assert.deepEqual(
        diagnostics.filter((one) => one.location.path === file),
        [],
      );
    });
  }

  test('an import cycle is refused', () => {
    const found = diagnostics.filter((one) => one.category === 'lint/suspicious/noImportCycles');
    assert.deepEqual(found.map((one) => one.location.path).sort(), CYCLE.map(([file]) => file).sort());
  });
});

async function lint(cwd: string): Promise<readonly Diagnostic[]> {
  const rules = ['style/noRestrictedImports', 'suspicious/noImportCycles'].map((rule) => `--only=${rule}`);
  // No git there: the tree is a temporary folder, so that no other tool of the checkout sees the bad files.
  const args = [BIOME, 'lint', '--reporter=json', '--max-diagnostics=none', '--vcs-enabled=false', ...rules];
  const text = await new Promise<string>((done) => {
    execFile(process.execPath, args, { cwd }, (_error, stdout) => done(stdout)); // it exits 1 on findings
  });
  const report = JSON.parse(text) as { readonly diagnostics: readonly Diagnostic[] };
  return report.diagnostics;
}
