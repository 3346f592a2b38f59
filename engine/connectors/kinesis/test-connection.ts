import { ListStreamsCommand } from '@aws-sdk/client-kinesis';
import type { KinesisConnection, Reached } from '../../contract/connections.ts';
import { kinesisOf } from './client.ts';
import { kinesisError } from './errors.ts';

/** Streams that are listed. */
const LISTED = 100;

export const whereOf = ({ region, endpoint }: KinesisConnection): string => endpoint ?? region;

/** @throws WeirError with what failed exactly */
export async function testKinesis(connection: KinesisConnection): Promise<Reached> {
  const where = whereOf(connection);
  const client = kinesisOf(connection);
  try {
    const { StreamNames = [] } = await client.send(new ListStreamsCommand({ Limit: LISTED }));
    return { at: [where], places: StreamNames };
  } catch (error) {
    throw kinesisError(error, { nodeId: null, where, stream: '' });
  } finally {
    client.destroy();
  }
}
