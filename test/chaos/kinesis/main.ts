/** `npm run chaos -- --scenario kinesis-at-least-once`: see `scenario.ts`. */
import { KinesisServer } from '../../services/kinesis/server.ts';
import { type KilledRuns, killedRuns } from '../killed-runs.ts';
import { kinesisRun, makeStream } from './scenario.ts';

export async function kinesisChaos(runs: KilledRuns): Promise<number> {
  const server = await KinesisServer.start();
  try {
    const input = await makeStream(server);
    return await killedRuns(
      runs,
      (seed) => kinesisRun(server, input, seed),
      ({ doubled }) => `${doubled} records there again`,
    );
  } finally {
    await server.stop();
  }
}
