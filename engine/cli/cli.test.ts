import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { span, table } from './format.ts';

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));
const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

describe('the command line', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weir-cli-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  function start(...args: readonly string[]) {
    const child = spawn(process.execPath, [CLI, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.err += text));
    const ended = once(child, 'close').then(([code]): Ended => ({ code, ...output }));
    return { child, ended };
  }
  const weir = (...args: readonly string[]): Promise<Ended> => start(...args).ended;
  const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);

  /** A generator of `count` records, or an endless one, into a counting sink. */
  const pipeline = (count?: number): string =>
    JSON.stringify({
      weir: 1,
      nodes: {
        gen: {
          type: 'generator',
          config: {
            data: {
              kind: 'fields',
              fields: [
                { name: 'at', value: { kind: 'time' } },
                { name: 'sensor', value: { kind: 'key', distinct: 10, prefix: 's-' } },
              ],
              ...(count === undefined ? {} : { count }),
            },
            rate: 100_000,
            time: { field: 'at', watermark: { kind: 'bounded', delay: '5 s' } },
          },
        },
        end: { type: 'nothing', config: {} },
      },
      edges: [{ from: 'gen:out', to: 'end' }],
    });

  /** Rows into a filter and a table, with one test that holds and one that does not. */
  const tested = (expected: readonly object[]): string =>
    JSON.stringify({
      weir: 1,
      nodes: {
        rows: {
          type: 'generator',
          config: { data: { kind: 'rows', schema: [{ name: 'n', type: 'INT' }], rows: [] } },
        },
        large: { type: 'filter', config: { condition: 'n > 1' } },
        twice: { type: 'map', config: { compute: [{ name: 'm', expression: 'n * 2' }] } },
        out: { type: 'table', config: {} },
      },
      edges: [
        { from: 'rows', to: 'large' },
        { from: 'large', to: 'twice' },
        { from: 'twice', to: 'out' },
      ],
      tests: [
        { name: 'twice the large ones', input: { rows: [{ n: 1 }, { n: 2 }] }, expected: { out: expected } },
      ],
    });

  test('test: says what passed, and shows what came in place of what was expected', async () => {
    await write('tested.weir', tested([{ n: 2, m: 4 }]));
    const passed = await weir('test', 'tested.weir');
    assert.deepEqual([passed.code, passed.err], [0, '']);
    assert.match(passed.out, /ok {4}twice the large ones\n1 passed, 0 failed/);
    await write('wrong.weir', tested([{ n: 2, m: 5 }]));
    const failed = await weir('test', 'wrong.weir');
    assert.equal(failed.code, 1);
    assert.match(failed.out, /FAIL {2}twice the large ones/);
    assert.match(failed.out, /- \{"n":2,"m":5\}\n *\+ \{"n":2,"m":4\}/);
    assert.match(failed.out, /0 passed, 1 failed/);
  });

  test('test: the tests of the examples hold', async () => {
    const { code, out, err } = await weir('test', join(EXAMPLES, 'flight-delays.weir'));
    assert.deepEqual([code, err], [0, ''], out);
    assert.match(out, /1 passed, 0 failed/);
  });

  test('test: a test that could not fail, or names what is not there, is refused', async () => {
    const document = JSON.parse(tested([]));
    document.tests = [
      { name: 'nothing', input: { rows: [{ n: 1 }] } },
      { name: 'names', input: { row: [] }, expected: { out: [] } },
      { name: 'values', input: { rows: [{ n: 'x' }] }, expected: { out: [] } },
    ];
    await write('refused.weir', JSON.stringify(document));
    const { code, out } = await weir('test', 'refused.weir', '--json');
    assert.equal(code, 1);
    const outcomes = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      outcomes.map(({ passed, problems }) => [passed, problems[0].path.join('.')]),
      [
        [false, 'tests.0'],
        [false, 'tests.1.input.row'],
        [false, 'tests.2.input.rows.0.n'],
      ],
    );
  });

  test('explain: fused chains, schemas and changelog modes; --dump-code writes the functions', async () => {
    await write('plan.weir', tested([]));
    const { code, out } = await weir('explain', 'plan.weir', '--dump-code', 'code');
    assert.equal(code, 0);
    assert.match(out, /large {2}\(filter\) {2}n > 1\n {4}fused: one generated function with twice/);
    assert.match(out, /→ out:in {2}append-only\n {8}n INT, m INT/);
    const text = await readFile(join(folder, 'code', 'twice.js'), 'utf8');
    assert.match(text, /Fused chain: large → twice/);
    assert.match(text, /function chain\(/);
    const { out: json } = await weir('explain', 'plan.weir', '--json');
    assert.deepEqual(JSON.parse(json).chains[0].nodes, ['large', 'twice']);
  });

  test('explain: the guarantee of every sink; validate warns where a document asks for more', async () => {
    const asking = { ...JSON.parse(tested([])), settings: { guarantee: 'exactly-once' } };
    await write('asks.weir', JSON.stringify(asking));
    await write('plain.weir', tested([]));
    const got = async (...args: string[]): Promise<unknown> => {
      const { guarantees } = JSON.parse((await weir('explain', '--json', ...args)).out);
      return guarantees.map((g: Record<string, unknown>) => [g['sink'], g['protocol'], g['guarantee']]);
    };
    assert.deepEqual(await got('plain.weir'), [['out', 'none', 'at-most-once']]);
    assert.deepEqual(await got('plain.weir', '--checkpoints'), [['out', 'none', 'at-least-once']]);
    assert.deepEqual(await got('asks.weir'), [['out', 'none', 'at-least-once']]);
    const { out } = await weir('explain', 'asks.weir');
    assert.match(out, /\n {4}at-least-once: Nothing is lost/);
    const { code, out: json } = await weir('validate', 'asks.weir', '--json');
    assert.equal(code, 0);
    const [warning] = JSON.parse(json).problems;
    assert.deepEqual([warning.code, warning.path], ['G-GUARANTEE', ['nodes', 'out']]);
  });

  interface Summary {
    readonly type: string;
    readonly outcome: string;
    readonly recordsRead: number;
    readonly nodes: readonly { node: string; recordsIn: number; recordsOut: number; committed: number }[];
  }
  /** The last line of `--json`; every line before has to be progress. */
  function summaryOf({ out }: Ended): Summary {
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Summary);
    const last = lines.pop();
    assert.ok(last);
    assert.equal(last.type, 'summary');
    for (const line of lines) assert.equal(line.type, 'progress');
    return last;
  }

  test('helps, with examples and exit codes', async () => {
    const { code, out } = await weir('--help');
    assert.equal(code, 0);
    for (const name of ['run', 'validate', 'nodes', 'new', 'serve']) {
      assert.match(out, new RegExp(`weir ${name}`));
      const own = await weir(name, '--help');
      assert.equal(own.code, 0);
      assert.match(own.out, new RegExp(`Examples\n  weir ${name}`));
    }
    assert.match(out, /130 +interrupted/);
  });

  test('says what is wrong with a command line, and the nearest right one', async () => {
    const cases: readonly (readonly [args: readonly string[], says: RegExp])[] = [
      [[], /Usage/],
      [['runn'], /did you mean 'run'/],
      [['frobnicate'], /Commands: run, validate/],
      [['run'], /which pipeline/],
      [['run', 'a.weir', 'b.weir'], /one pipeline at a time/],
      [['run', 'a.weir', '--parallelsim', '2'], /did you mean --parallelism/],
      [['run', 'a.weir', '--for', 'soon'], /expected a duration/],
      [['run', 'a.weir', '--for', '-3s'], /--for/],
      [['run', 'a.weir', '--seed', '1.5'], /whole number from 0/],
      [['run', 'a.weir', '--parallelism', '0'], /from 1 to 64/],
      [['nodes', 'windwo'], /did you mean 'window'/],
      [['new', 'flight-delay'], /did you mean 'flight-delays'/],
      [['serve', '--port', '99999'], /from 0 to 65535/],
      [['validate'], /which pipelines/],
    ];
    await Promise.all(
      cases.map(async ([args, says]) => {
        const { code, out, err } = await weir(...args);
        assert.equal(code, 2, args.join(' '));
        assert.match(err, says);
        assert.equal(out, '');
      }),
    );
  });

  test('runs to the end of the input: every record is in the summary', async () => {
    await write('bounded.weir', pipeline(5000));
    const ended = await weir('run', 'bounded.weir', '--json');
    assert.equal(ended.code, 0, ended.err);
    const summary = summaryOf(ended);
    assert.equal(summary.outcome, 'finished');
    assert.equal(summary.recordsRead, 5000);
    const byNode = Object.fromEntries(summary.nodes.map((n) => [n.node, n]));
    assert.equal(byNode['gen']?.recordsOut, 5000);
    assert.equal(byNode['end']?.recordsIn, 5000);
    assert.equal(byNode['end']?.committed, 5000);
  });

  test('stops after --for, and prints for people without --json', async () => {
    await write('endless.weir', pipeline());
    const ended = await weir('run', 'endless.weir', '--for', '1200ms');
    assert.equal(ended.code, 0, ended.err);
    assert.match(ended.out, /records read\n/);
    assert.match(ended.out, /^Node +In +Out +Late +Errors/m);
    assert.ok(!ended.out.includes('\x1b'), 'no terminal codes in a pipe');
    assert.ok(!ended.out.includes('NaN'));
  });

  test('says why a sink got nothing', async () => {
    const fields = [{ name: 'n', value: { kind: 'sequence' } }];
    const data = { kind: 'fields', count: 10, fields };
    const silent = {
      weir: 1,
      nodes: {
        gen: { type: 'generator', config: { data, rate: 10_000 } },
        some: { type: 'filter', config: { condition: 'n >= 0 AND n > 99' } },
        none: { type: 'nothing', config: {} },
        all: { type: 'nothing', config: {} },
      },
      edges: [
        { from: 'gen:out', to: 'some' },
        { from: 'gen:out', to: 'all' },
        { from: 'some:out', to: 'none' },
      ],
    };
    await write('silent.weir', JSON.stringify(silent));
    const { err } = await weir('run', 'silent.weir');
    assert.match(err, /^No records came to none:$/m);
    assert.match(err, /some let none of 10 records through\. Of the last: n >= 0 is TRUE, n > 99 is FALSE\./);
    assert.ok(!err.includes('came to all'));
    const json = await weir('run', 'silent.weir', '--json');
    const found = json.err
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { type: string; code?: string; sink?: string; node?: string })
      .filter((line) => line.type === 'finding');
    assert.deepEqual(
      found.map(({ code, sink, node }) => [code, sink, node]),
      [
        ['source-ended', 'none', 'gen'],
        ['all-filtered', 'none', 'some'],
      ],
    );
  });

  test('Ctrl-C stops in order', { skip: process.platform === 'win32' && 'no signals' }, async () => {
    await write('endless.weir', pipeline());
    const { child, ended } = start('run', 'endless.weir', '--json');
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    const result = await ended;
    assert.equal(result.code, 130, result.err);
    const summary = summaryOf(result);
    assert.equal(summary.outcome, 'stopped');
    assert.ok(summary.recordsRead > 0);
  });

  test('a reader that closes the pipe ends the run quietly', async () => {
    await write('endless.weir', pipeline());
    const { child, ended } = start('run', 'endless.weir', '--json');
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const result = await ended;
    assert.deepEqual([result.code, result.err], [0, '']);
  });

  test('a pipeline with problems does not run', async () => {
    await write('broken.weir', '{"weir": 1,');
    await write('future.weir', '{"weir": 99}');
    const run = await weir('run', 'broken.weir', '--json');
    assert.deepEqual([run.code, run.out], [3, '']);
    assert.equal(JSON.parse(run.err).code, 'D-JSON');
    const missing = await weir('run', 'none.weir');
    assert.equal(missing.code, 3);
    assert.match(missing.err, /C-MISSING[\s\S]*none\.weir[\s\S]*next/);
    await write('good.weir', pipeline(1));
    const { code, out } = await weir(
      'validate',
      'good.weir',
      'broken.weir',
      'future.weir',
      'none.weir',
      '--json',
    );
    assert.equal(code, 3);
    const results = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { file: string; ok: boolean; problems: { code: string }[] });
    assert.deepEqual(
      results.map(({ file, ok, problems }) => [file, ok, problems[0]?.code]),
      [
        ['good.weir', true, undefined],
        ['broken.weir', false, 'D-JSON'],
        ['future.weir', false, 'D-VERSION'],
        ['none.weir', false, 'C-MISSING'],
      ],
    );
  });

  test('every example is valid', async () => {
    const files = (await readdir(EXAMPLES)).filter((name) => name.endsWith('.weir'));
    assert.ok(files.length >= 5);
    const { code, out } = await weir('validate', ...files.map((name) => join(EXAMPLES, name)));
    assert.equal(code, 0, out);
  });

  test('lists node types, and explains one', async () => {
    const listed = JSON.parse((await weir('nodes', '--json')).out) as { type: string; config: object }[];
    assert.ok(listed.some(({ type }) => type === 'window'));
    for (const { type, config } of listed) assert.ok('properties' in config, type);
    const { code, out } = await weir('nodes', 'filter');
    assert.equal(code, 0);
    assert.match(out, /Inputs: in\nOutputs: out/);
    assert.match(out, /\n {2}condition {2}Condition: SQL expression; required\n/);
    const { out: byGroup } = await weir('nodes');
    assert.match(byGroup, /\nJoins\n(?: {2}.*\n)* {2}interval-join /);
  });

  test('writes an example, and never over a file without --force', async () => {
    const made = await weir('new', 'generator', 'mine.weir');
    assert.equal(made.code, 0, made.err);
    const text = await readFile(join(EXAMPLES, 'generator.weir'), 'utf8');
    assert.equal(await readFile(join(folder, 'mine.weir'), 'utf8'), text);
    await write('mine.weir', 'precious');
    const again = await weir('new', 'generator', 'mine.weir');
    assert.equal(again.code, 2);
    assert.match(again.err, /--force/);
    assert.equal(await readFile(join(folder, 'mine.weir'), 'utf8'), 'precious');
    assert.equal((await weir('new', 'generator', 'mine.weir', '--force')).code, 0);
    assert.equal(await readFile(join(folder, 'mine.weir'), 'utf8'), text);
  });
});

describe('figures in a terminal', () => {
  test('a table fits its width', () => {
    const columns = [
      { title: 'Node', align: 'left' },
      { title: 'State', align: 'left' },
      { title: 'In', align: 'right' },
    ] as const;
    const rows = [['a-node-with-a-very-long-name', 'back-pressured', '12.4 k/s']];
    for (const width of [12, 30, 44, 100]) {
      for (const line of table(columns, rows, width)) assert.ok(line.length <= width, `${width}: ${line}`);
    }
    assert.match(table(columns, rows, 44)[1] ?? '', /^a-node-.*… +back-pressured +12\.4 k\/s$/);
  });

  test('spans name their two largest units', () => {
    assert.deepEqual([0, 999, 12_000, 192_000, 3_600_000, 90_000_000, Number.NaN].map(span), [
      '0 ms',
      '999 ms',
      '12 s',
      '3 min 12 s',
      '1 h',
      '1 d 1 h',
      '–',
    ]);
  });
});
