import { resolve } from 'node:path';
import { parseDuration } from '../contract/duration.ts';
import { type Command, readArgs, UsageError } from './command.ts';
import { EXIT, EXIT_HELP } from './exit-codes.ts';
import { checkName } from './run-checkpoints.ts';

const HELP = `weir savepoint DIR NAME: ask a run for a savepoint while it goes on

The run that keeps its checkpoints in DIR takes one now, and keeps it under this name until it is removed by hand. Ends
when it stands on the disk.

Options
  --timeout DURATION   gives up after this time (1 min)

Examples
  weir savepoint /var/tmp/orders before-the-change
  weir run orders.weir --checkpoints /var/tmp/orders --restore before-the-change

${EXIT_HELP}`;

export const command: Command = { help: HELP, run };

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArgs(args, { timeout: { type: 'string', default: '1 min' } });
  const [folder, name, ...more] = positionals;
  if (folder === undefined || name === undefined)
    throw new UsageError('expected the folder of a run’s checkpoints, and a name');
  if (more.length > 0) throw new UsageError(`one savepoint at a time, not also ${more.join(' ')}`);
  checkName(name);
  const timeoutMs = parseDuration(values.timeout);
  if (timeoutMs === null || timeoutMs <= 0)
    throw new UsageError(`--timeout ${JSON.stringify(values.timeout)}: expected a duration such as 30s`);
  const [{ askForSavepoint }, { readCheckpoint }, { bytesText }] = await Promise.all([
    import('../checkpoints/savepoint-requests.ts'),
    import('../checkpoints/listing.ts'),
    import('../plan/takeover.ts'),
  ]);
  const path = resolve(folder);
  await askForSavepoint(path, name, timeoutMs);
  const { manifest } = await readCheckpoint(path, name);
  const bytes = manifest.parts.reduce((sum, part) => sum + part.bytes, 0);
  console.log(`checkpoint ${manifest.id} is kept as ${name}: ${bytesText(bytes)}`);
  return EXIT.ok;
}
