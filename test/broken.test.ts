/** Broken documents: each is refused with its error, at its place, and neither hangs nor throws. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseDocument, validateDocument } from '../engine/contract/parse.ts';
import { type Problem, type ProblemCode, printPath, printProblem } from '../engine/contract/problems.ts';
import { checkGraph } from '../engine/plan/check.ts';
import { ROOT } from './root.ts';

const BROKEN = join(ROOT, 'test/broken');
const EXAMPLES = join(ROOT, 'examples');
/** Of `weir`: a document has problems. */
const EXIT_PROBLEMS = 3;

type Stated = readonly [code: ProblemCode, path: string, span?: readonly [from: number, to: number]];

/** Every problem of every file, in order: one cause gives one problem. */
const STATED: Readonly<Record<string, readonly Stated[]>> = {
  'aggregate-distinct': [['S-VALUE', 'nodes.node.config.aggregates[0].distinct']],
  'aggregate-of-nothing': [['S-VALUE', 'nodes.node.config.aggregates[0].of']],
  'aggregate-takes-back': [['S-VALUE', 'nodes.spread.config.aggregates[0].function']],
  'aggregate-type': [['T-TYPE', 'nodes.node.config.aggregates[0].of', [0, 4]]],
  'assign-session-keys': [['T-FIELD', 'nodes.node.config.window.keys[0]']],
  'changes-debezium-csv': [['S-VALUE', 'nodes.files.config.changes']],
  'changes-op-field': [['S-VALUE', 'nodes.files.config.changes']],
  'cumulate-step': [['S-VALUE', 'nodes.node.config.window.step']],
  cycle: [['G-CYCLE', 'edges[1]']],
  'cycle-join': [['G-CYCLE', 'edges[1]']],
  'decimal-too-long': [['S-VALUE', 'nodes.flights.config.data.schema[2].type']],
  'dedup-final-last': [['S-VALUE', 'nodes.node.config.results.kind']],
  'distinct-field': [['T-FIELD', 'nodes.node.config.fields[0]']],
  duration: [['S-VALUE', 'nodes.hourly.config.window.size']],
  'edge-into-source': [['G-EDGE', 'edges[2].to']],
  'edge-node': [
    ['G-EDGE', 'edges[1].to'],
    ['G-INPUT', 'nodes.out'],
  ],
  'edge-port': [['G-EDGE', 'edges[1].from']],
  'edge-to-itself': [['G-CYCLE', 'edges[1]']],
  'edge-twice': [['G-PORT-TAKEN', 'edges[1].to']],
  empty: [['D-JSON', '']],
  'expression-function': [['T-FUNCTION', 'nodes.late.config.condition', [0, 12]]],
  'expression-not-boolean': [['T-TYPE', 'nodes.late.config.condition', [0, 9]]],
  'expression-syntax': [['T-SYNTAX', 'nodes.late.config.condition', [8, 8]]],
  'expression-type': [['T-TYPE', 'nodes.late.config.condition', [14, 20]]],
  'field-twice': [['S-VALUE', 'nodes.flights.config.data.schema[2].name']],
  'field-unknown': [['T-FIELD', 'nodes.late.config.condition', [0, 4]]],
  'file-of-updates': [['G-CHANGELOG', 'edges[1].to']],
  'flatten-name-taken': [['S-VALUE', 'nodes.node.config.as']],
  'flatten-not-array': [['T-TYPE', 'nodes.node.config.array', [0, 4]]],
  'grouping-set-key': [['S-VALUE', 'nodes.node.config.groupingSets[0].keys[0]']],
  'input-missing': [['G-INPUT', 'nodes.late']],
  'interval-empty': [['S-VALUE', 'nodes.join.config.upper']],
  'join-condition-ambiguous': [['T-FIELD', 'nodes.join.config.condition', [0, 2]]],
  'join-key-types': [['T-TYPE', 'nodes.join.config.on[0].right']],
  'join-key-unknown': [['T-FIELD', 'nodes.join.config.on[0].right']],
  'join-names-twice': [['S-VALUE', 'nodes.join.config.select[1].as']],
  'join-select-ambiguous': [['T-FIELD', 'nodes.join.config.select[0].from']],
  'join-without-time': [['G-FIT', 'nodes.join.config']],
  'json-comma': [['D-JSON', '']],
  'json-cut': [['D-JSON', '']],
  'key-document': [['D-KEY', 'author']],
  'key-field-unknown': [['T-FIELD', 'nodes.hourly.config.keys[0]']],
  'key-setting': [['D-KEY', 'nodes.late.config.limit']],
  'lookup-field': [['T-FIELD', 'nodes.node.config.on[0].right']],
  'lookup-rows-type': [['S-VALUE', 'nodes.node.config.table.rows[0].age']],
  'lookup-table-none': [['S-VALUE', 'nodes.node.config.table']],
  'node-id': [['D-SHAPE', 'nodes.2nd']],
  'node-type': [['G-TYPE', 'nodes.late.type']],
  'nodes-none': [['G-EMPTY', 'nodes']],
  'not-an-object': [['D-VERSION', '']],
  'over-frame': [['S-VALUE', 'nodes.node.config.frame.preceding']],
  'over-lag-of-nothing': [['S-VALUE', 'nodes.node.config.aggregates[0].of']],
  'over-session-lag': [['S-VALUE', 'nodes.node.config.frame.gap']],
  'over-time': [['G-FIT', 'nodes.node.config.time']],
  'pattern-greedy-last': [['S-VALUE', 'nodes.node.config.pattern', [2, 4]]],
  'pattern-over-updating': [['G-CHANGELOG', 'edges[1].to']],
  'pattern-skip': [['S-VALUE', 'nodes.node.config.after.variable']],
  'pattern-syntax': [['T-SYNTAX', 'nodes.node.config.pattern', [6, 6]]],
  'pattern-variable': [['T-FIELD', 'nodes.node.config.define[0].when', [0, 1]]],
  'percentile-above-1': [['S-VALUE', 'nodes.node.config.aggregates[0].percentile']],
  'port-taken': [['G-PORT-TAKEN', 'edges[2].to']],
  proto: [['D-KEY', 'nodes.late.config.__proto__']],
  'proto-node': [['D-KEY', 'nodes.__proto__']],
  'route-else': [['S-VALUE', 'nodes.node.config.routes[0].name']],
  'route-none': [['S-VALUE', 'nodes.node.config.routes']],
  'route-port-name': [['S-VALUE', 'nodes.node.config.routes[0].name']],
  'route-port-twice': [['S-VALUE', 'nodes.node.config.routes[1].name']],
  'route-port-unsaid': [['G-EDGE', 'edges[1].from']],
  'schedule-cron': [['S-VALUE', 'nodes.ticks.config.when.expression']],
  'schedule-field-twice': [['S-VALUE', 'nodes.ticks.config.fields[0].name']],
  'schedule-never': [['S-VALUE', 'nodes.ticks.config.when.expression']],
  'schedule-value-type': [['T-TYPE', 'nodes.ticks.config.fields[0].value']],
  'schedule-zone': [['S-VALUE', 'nodes.ticks.config.when.zone']],
  'script-field-twice': [['S-VALUE', 'nodes.node.config.schema[1].name']],
  'script-over-updating': [['G-CHANGELOG', 'edges[1].to']],
  'session-gap-negative': [['S-VALUE', 'nodes.node.config.window.gap']],
  'slide-above-size': [['S-VALUE', 'nodes.hourly.config.window.slide']],
  'sort-without-time': [['G-FIT', 'nodes.sorted.config']],
  'source-none': [
    ['G-EMPTY', 'nodes'],
    ['G-INPUT', 'nodes.out'],
  ],
  'temporal-left-updating': [['G-CHANGELOG', 'edges[1].to']],
  'temporal-versions': [['G-FIT', 'nodes.join.config.on']],
  'time-not-timestamp': [['T-TYPE', 'nodes.flights.config.time.field']],
  'top-0': [['S-VALUE', 'nodes.node.config.n']],
  'top-from-above-n': [['S-VALUE', 'nodes.node.config.from']],
  'top-order-array': [['T-TYPE', 'nodes.node.config.orderBy[0].field']],
  'top-window-missing': [['T-FIELD', 'nodes.node.config.results.end']],
  'top-window-over-updating': [['G-CHANGELOG', 'edges[1].to']],
  'union-misfit': [['G-FIT', 'nodes.all.config']],
  'upsert-without-key': [['S-VALUE', 'nodes.files.config.changes']],
  'version-newer': [['D-VERSION', 'weir']],
  'version-none': [['D-VERSION', 'weir']],
  'window-assigned-missing': [['T-FIELD', 'nodes.node.config.window.start']],
  'window-count-0': [['S-VALUE', 'nodes.node.config.window.size']],
  'window-count-lateness': [['S-VALUE', 'nodes.node.config.lateness']],
  'window-count-slide': [['S-VALUE', 'nodes.node.config.window.slide']],
  'window-cumulating-step': [['S-VALUE', 'nodes.node.config.window.step']],
  'window-join-bounds': [
    ['T-FIELD', 'nodes.join.config.window.start'],
    ['T-FIELD', 'nodes.join.config.window.start'],
  ],
  'window-join-not-in-equal': [['S-VALUE', 'nodes.join.config.nullKeys']],
  'window-join-slide': [['S-VALUE', 'nodes.join.config.window.slide']],
  'window-late-trigger': [['S-VALUE', 'nodes.node.config.trigger.late']],
  'window-lateness-clock': [['S-VALUE', 'nodes.node.config.lateness']],
  'window-name-twice': [['S-VALUE', 'nodes.node.config.aggregates[0].as']],
  'window-offset': [['S-VALUE', 'nodes.node.config.window.offset']],
  'window-over-updating': [['G-CHANGELOG', 'edges[1].to']],
  'window-slide-fraction': [['S-VALUE', 'nodes.node.config.window.slide']],
  'window-trigger-count': [['S-VALUE', 'nodes.node.config.trigger']],
  'window-trigger-rows-0': [['S-VALUE', 'nodes.node.config.trigger.early.every']],
  'window-without-time': [['G-FIT', 'nodes.hourly.config.time']],
};

function problemsOf(text: string): readonly Problem[] {
  const parsed = parseDocument(text);
  return parsed.ok ? checkGraph(parsed.value).problems : parsed.problems;
}

const stated = ({ code, path, span }: Problem): Stated =>
  span === undefined ? [code, printPath(path)] : [code, printPath(path), [span.from, span.to]];

const names = globSync('*.weir', { cwd: BROKEN }).map((file) => file.slice(0, -'.weir'.length));

test('every broken file has its stated errors, and the other way round', () => {
  assert.deepEqual(names.sort(), Object.keys(STATED).sort());
});

for (const [name, expected] of Object.entries(STATED)) {
  test(`broken document ${name}`, () => {
    const problems = problemsOf(readFileSync(join(BROKEN, `${name}.weir`), 'utf8'));
    assert.deepEqual(problems.map(stated), expected);
    for (const p of problems) {
      assert.equal(p.severity, 'error');
      for (const text of [p.message, p.expected, p.next]) assert.ok((text ?? '') !== '', printProblem(p));
    }
  });
}

test('what was broken says how it would be right', () => {
  const first = (name: string) => problemsOf(readFileSync(join(BROKEN, `${name}.weir`), 'utf8'))[0];
  assert.match(first('json-comma')?.message ?? '', /line 3, column 3/);
  assert.match(first('node-type')?.expected ?? '', /nearest: filter/);
  assert.match(first('field-unknown')?.expected ?? '', /nearest: delay/);
  assert.match(first('edge-node')?.expected ?? '', /nearest: out/);
  assert.match(first('version-newer')?.next ?? '', /newer Weir/);
});

test('50 MB are refused before they are read', () => {
  const text = JSON.stringify({ weir: 1, description: 'x'.repeat(50_000_000), nodes: {}, edges: [] });
  const problems = problemsOf(text);
  assert.deepEqual(problems.map(stated), [['D-SIZE', '']]);
  assert.ok(printProblem(problems[0] as Problem).length < 500);
});

test('10,000 levels are refused, as arrays, as objects, and in a setting', () => {
  const LEVELS = 10_000;
  const arrays = '['.repeat(LEVELS) + ']'.repeat(LEVELS);
  const objects = `${'{"a":'.repeat(LEVELS)}1${'}'.repeat(LEVELS)}`;
  for (const deep of [arrays, objects]) {
    const text = `{"weir":1,"nodes":{"n":{"type":"table","config":{"rows":${deep}}}},"edges":[]}`;
    assert.deepEqual(problemsOf(text).map(stated), [['D-SHAPE', 'nodes.n.config.rows']]);
    assert.deepEqual(
      problemsOf(deep).map((p) => p.code),
      ['D-SHAPE'],
    );
  }
});

test('sixteen million characters of values are refused soon, with few problems', () => {
  const settings = `{"weir":1,"nodes":{"n":{"type":"table","config":{"rows":[${'[],'.repeat(5_000_000)}1]}}},"edges":[]}`;
  const edges = `{"weir":1,"nodes":{},"edges":[${'0,'.repeat(5_000_000)}0]}`;
  assert.deepEqual(problemsOf(settings).map(stated), [['D-SIZE', 'nodes.n.config.rows']]);
  assert.deepEqual(problemsOf(edges).map(stated), [['D-SIZE', 'edges']]);
  assert.equal(problemsOf(`{"weir":1,"nodes":{},"edges":[${'0,'.repeat(5000)}0]}`).length, 200);
});

test('text that is not a document never throws', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      assert.ok(problemsOf(text).length > 0);
    }),
  );
});

test('an example with any part replaced is checked without a throw', () => {
  const text = readFileSync(join(EXAMPLES, 'flight-delays.weir'), 'utf8');
  const places = pathsOf(JSON.parse(text));
  const part = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('constructor', '__proto__', 'toString', '', -1, 1e300),
  );
  let refused = 0;
  fc.assert(
    fc.property(fc.constantFrom(...places), part, (path, value) => {
      const json: unknown = JSON.parse(text);
      replace(json, path, value);
      const parsed = validateDocument(json);
      const problems = parsed.ok ? checkGraph(parsed.value).problems : parsed.problems;
      if (problems.length > 0) refused++;
      for (const p of problems) printProblem(p);
    }),
    { numRuns: 500 },
  );
  assert.ok(refused > 100, `only ${refused} were refused`);
});

type Path = readonly (string | number)[];

function pathsOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  const own = Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...at, key]));
  return at.length === 0 ? own : [at, ...own];
}

function replace(root: unknown, path: Path, value: unknown): void {
  let holder = root as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) holder = holder[key] as Record<string | number, unknown>;
  holder[path.at(-1) as string] = value;
}

const WEIR = join(ROOT, 'bin/weir.mjs');
const weir = (...args: readonly string[]) =>
  spawnSync(process.execPath, [WEIR, ...args], { cwd: ROOT, encoding: 'utf8' });

test('weir validate: every example is taken, every broken file is refused with its code', () => {
  const examples = globSync('*.weir', { cwd: EXAMPLES }).map((file) => join(EXAMPLES, file));
  const taken = weir('validate', ...examples);
  assert.equal(taken.status, 0, taken.stdout + taken.stderr);
  assert.equal(taken.stdout.match(/^ok {5}/gm)?.length, examples.length);

  const refused = weir('validate', '--json', ...names.map((name) => join(BROKEN, `${name}.weir`)));
  assert.equal(refused.status, EXIT_PROBLEMS, refused.stderr);
  const lines = refused.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  assert.equal(lines.length, names.length);
  for (const [i, { ok, problems }] of lines.entries()) {
    assert.equal(ok, false);
    assert.deepEqual(problems.map(stated), STATED[names[i] ?? '']);
  }
});

interface Line {
  readonly ok: boolean;
  readonly problems: readonly Problem[];
}

test('weir validate: a file of 50 MB is refused with the same exit code', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-broken-'));
  try {
    const file = join(folder, 'large.weir');
    writeFileSync(
      file,
      JSON.stringify({ weir: 1, description: 'x'.repeat(50_000_000), nodes: {}, edges: [] }),
    );
    const { status, stdout } = weir('validate', file);
    assert.equal(status, EXIT_PROBLEMS);
    assert.match(stdout, /^BROKEN/);
    assert.match(stdout, /error (D-SIZE|C-LIMIT)/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
