import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PAGE_BUILDER, PAGE_DIR } from '../serve/locate.ts';
import { serve } from '../serve/serve.ts';
import { type Command, readArgs, readInteger, UsageError } from './command.ts';
import { EXIT } from './exit-codes.ts';

const HELP = `weir serve: open the studio in the browser

Serves on 127.0.0.1 only, and prints an address that works once, in one browser.

Options
  --port N     the port; any free one where it is left out
  --no-open    print the address and open nothing

Examples
  weir serve
  weir serve --port 8080 --no-open`;

export const command: Command = { help: HELP, run };

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArgs(args, {
    port: { type: 'string' },
    'no-open': { type: 'boolean', default: false },
  });
  if (positionals.length > 0) throw new UsageError(`unexpected ${positionals.join(' ')}`);
  const port = readInteger('port', values.port, 0, 65_535) ?? 0;
  if (existsSync(PAGE_BUILDER)) {
    const { status } = spawnSync(process.execPath, [PAGE_BUILDER], { stdio: ['ignore', 2, 2] });
    if (status !== 0) return EXIT.failed;
  }
  if (!existsSync(join(PAGE_DIR, 'index.html'))) {
    console.error(`weir serve: the studio is missing at ${PAGE_DIR}; install Weir again`);
    return EXIT.failed;
  }
  try {
    await serve({ port, open: !values['no-open'], print: console.log });
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    const why =
      error.code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be used (${error.message})`;
    console.error(`weir serve: port ${port} ${why}; choose another with --port`);
    return EXIT.failed;
  }
}
