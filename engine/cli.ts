/** Entry of the `weir` command. */
import { main } from './cli/main.ts';

// `weir run … | head` is no failure: whoever reads has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});
process.exitCode = await main(process.argv.slice(2));
