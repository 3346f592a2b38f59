/** Finds the command and runs it. Each command is loaded only when it is asked for: `weir --help` is quick. */
import { nearest, printProblem, WeirError } from '../contract/problems.ts';
import { type Command, UsageError } from './command.ts';
import { EXIT, EXIT_HELP } from './exit-codes.ts';

interface Entry {
  readonly usage: string;
  readonly summary: string;
  load(): Promise<{ readonly command: Command }>;
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  run: {
    usage: 'run FILE',
    summary: 'run a pipeline until its input ends, or Ctrl-C',
    load: () => import('./run.ts'),
  },
  validate: {
    usage: 'validate FILE…',
    summary: 'check pipelines without running them',
    load: () => import('./validate.ts'),
  },
  test: {
    usage: 'test FILE…',
    summary: 'run the tests that pipelines carry',
    load: () => import('./test.ts'),
  },
  explain: {
    usage: 'explain FILE',
    summary: 'show the physical plan, schemas and generated code',
    load: () => import('./explain.ts'),
  },
  diff: {
    usage: 'diff A B',
    summary: 'what differs between two pipelines, layout aside',
    load: () => import('./diff.ts'),
  },
  export: {
    usage: 'export FILE',
    summary: 'write a pipeline as a Mermaid flowchart',
    load: () => import('./export.ts'),
  },
  checkpoints: {
    usage: 'checkpoints DIR',
    summary: 'list checkpoints, or what a pipeline would take over',
    load: () => import('./checkpoints.ts'),
  },
  savepoint: {
    usage: 'savepoint DIR NAME',
    summary: 'ask a run for a savepoint while it goes on',
    load: () => import('./savepoint.ts'),
  },
  connections: {
    usage: 'connections',
    summary: 'list, add, test and remove connections to Kafka',
    load: () => import('./connections.ts'),
  },
  nodes: {
    usage: 'nodes [TYPE]',
    summary: 'list the node types, or explain one',
    load: () => import('./nodes.ts'),
  },
  new: {
    usage: 'new EXAMPLE [FILE]',
    summary: 'write an example to start from',
    load: () => import('./new.ts'),
  },
  serve: {
    usage: 'serve',
    summary: 'open the studio in the browser',
    load: () => import('./serve.ts'),
  },
};

const HELP = `weir: draw, run and understand stream processing pipelines

Usage
${Object.values(COMMANDS)
  .map(({ usage, summary }) => `  weir ${usage.padEnd(20)} ${summary}`)
  .join('\n')}

  weir COMMAND --help     options and examples of a command
  weir --version

Examples
  weir new flight-delays
  weir run flight-delays.weir
  weir run flight-delays.weir --json --for 10s > figures.ndjson

${EXIT_HELP}`;

/** Returns the exit code; never throws for what a person typed. */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined) {
    console.error(HELP);
    return EXIT.usage;
  }
  if (name === '--help' || name === '-h' || (name === 'help' && rest.length === 0)) {
    console.log(HELP);
    return EXIT.ok;
  }
  if (name === '--version') {
    console.log((await import('./version.ts')).version());
    return EXIT.ok;
  }
  if (name === 'help') return main([...rest, '--help']);
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (entry === undefined) {
    const near = nearest(name, Object.keys(COMMANDS));
    console.error(`weir: unknown command '${name}'${near === null ? '' : `; did you mean '${near}'?`}`);
    console.error(`Commands: ${Object.keys(COMMANDS).join(', ')}. \`weir --help\` says more.`);
    return EXIT.usage;
  }
  const { command } = await entry.load();
  if (rest.includes('--help') || rest.includes('-h')) {
    console.log(command.help);
    return EXIT.ok;
  }
  try {
    return await command.run(rest);
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`weir ${name}: ${error.message}\n\`weir ${name} --help\` says more.`);
      return EXIT.usage;
    }
    if (error instanceof WeirError) for (const found of error.problems) console.error(printProblem(found));
    else console.error(`weir ${name}:`, error);
    return EXIT.failed;
  }
}
