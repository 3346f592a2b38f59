/** Pipelines of the tests, run on this thread. */
import assert from 'node:assert/strict';
import type { GraphDocument } from '../../engine/contract/document.ts';
import { parseDocument } from '../../engine/contract/parse.ts';
import { type LocalResult, runLocally } from '../../engine/runtime/local.ts';
import type { KafkaBroker } from '../services/kafka/broker.ts';

type Config = Readonly<Record<string, unknown>>;

export function documentOf(
  nodes: Record<string, unknown>,
  edges: readonly [string, string][],
): GraphDocument {
  const written = { weir: 1, nodes, edges: edges.map(([from, to]) => ({ from, to })) };
  const parsed = parseDocument(JSON.stringify(written));
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.value;
}

/** A source that ends with what is there, into a table; what cannot be read into another. */
export const readingOf = (broker: KafkaBroker, topic: string, config: Config = {}): GraphDocument =>
  documentOf(
    {
      in: { type: 'kafka', config: { connection: broker.address, topic, end: 'latest', ...config } },
      out: { type: 'table', config: {} },
      bad: { type: 'table', config: {} },
    },
    [
      ['in', 'out'],
      ['in:errors', 'bad'],
    ],
  );

export const read = (broker: KafkaBroker, topic: string, config: Config = {}): Promise<LocalResult> =>
  runLocally(readingOf(broker, topic, config));

/** One text field, to be looked at as it was written. */
export const TEXT: Config = {
  format: { kind: 'text' },
  metadata: [
    { what: 'partition', name: 'p' },
    { what: 'offset', name: 'o' },
    { what: 'key', name: 'key' },
  ],
};

export type Row = Readonly<Record<string, unknown>>;

export const rowsOf = ({ rows }: LocalResult, node = 'out'): readonly Row[] => rows[node] ?? [];
