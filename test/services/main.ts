/**
 * `npm run services:up -- kafka kinesis` starts real servers on loopback and leaves them running; `npm run services:down` ends them. For trying
 * the examples without an account; tests start their own.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { servicesCache, whyNoKafka } from './kafka/jars.ts';

const SERVICES = ['kafka', 'kinesis'];
const SERVE = join(import.meta.dirname, 'serve.ts');
const WAIT_MS = 120_000;

interface State {
  readonly pid: number;
  readonly said: string;
}

const [action = 'up', ...asked] = process.argv.slice(2);
const names = asked.length === 0 ? SERVICES : asked;
const unknown = names.find((name) => !SERVICES.includes(name));
if (!['up', 'down'].includes(action) || unknown !== undefined) {
  console.error(`${unknown ?? action}: expected up or down, then any of ${SERVICES.join(', ')}`);
  process.exit(2);
}
for (const name of names) await (action === 'up' ? up(name) : down(name));

function stateFile(name: string): string {
  return join(servicesCache(), `${name}.json`);
}

function stateOf(name: string): State | null {
  try {
    const state = JSON.parse(readFileSync(stateFile(name), 'utf8')) as State;
    process.kill(state.pid, 0);
    return state;
  } catch {
    return null;
  }
}

async function up(name: string): Promise<void> {
  const running = stateOf(name);
  if (running !== null) {
    console.log(running.said);
    return;
  }
  const why = name === 'kafka' ? await whyNoKafka() : null;
  if (why !== null) {
    console.error(why);
    process.exitCode = 1;
    return;
  }
  mkdirSync(servicesCache(), { recursive: true });
  rmSync(stateFile(name), { force: true });
  const log = join(servicesCache(), `${name}.log`);
  const out = openSync(log, 'w');
  const child = spawn(process.execPath, [SERVE, name, stateFile(name)], {
    detached: true,
    stdio: ['ignore', out, out],
  });
  child.unref();
  let isGone = false;
  child.once('exit', () => {
    isGone = true;
  });
  for (let waited = 0; !existsSync(stateFile(name)) && !isGone && waited < WAIT_MS; waited += 100)
    await new Promise((resolve) => setTimeout(resolve, 100));
  const state = stateOf(name);
  if (state !== null) {
    console.log(state.said);
    return;
  }
  console.error(`${name} did not start:\n${readFileSync(log, 'utf8').slice(-2000)}`);
  process.exitCode = 1;
}

async function down(name: string): Promise<void> {
  const state = stateOf(name);
  if (state === null) {
    console.log(`${name} is not running.`);
    return;
  }
  process.kill(state.pid, 'SIGTERM');
  while (stateOf(name) !== null) await new Promise((resolve) => setTimeout(resolve, 50));
  rmSync(stateFile(name), { force: true });
  console.log(`${name} is ended.`);
}
