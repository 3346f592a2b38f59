/** Pipelines of the tests. */
import type { LocalResult } from '../../engine/runtime/local.ts';
import { runLocally } from '../../engine/runtime/local.ts';
import { documentOf } from '../kafka/pipelines.ts';

type Config = Readonly<Record<string, unknown>>;

/** A source that ends when it has caught up, into a table; what cannot be read into another. */
export const read = (connection: string, stream: string, config: Config = {}): Promise<LocalResult> =>
  runLocally(
    documentOf(
      {
        in: { type: 'kinesis', config: { connection, stream, end: 'caught-up', ...config } },
        out: { type: 'table', config: {} },
        bad: { type: 'table', config: {} },
      },
      [
        ['in', 'out'],
        ['in:errors', 'bad'],
      ],
    ),
  );

export const SCHEMA = [
  { name: 'id', type: 'BIGINT' },
  { name: 'key', type: 'STRING' },
];
