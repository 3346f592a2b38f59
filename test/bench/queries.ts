/** The queries: the documents of test/nexmark, with other ends. What is measured is what is tested there. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { GraphDocument } from '../../engine/contract/document.ts';
import { parseDocument } from '../../engine/contract/parse.ts';
import { VIEWS } from './corpus.ts';

const NEXMARK = join(import.meta.dirname, '..', 'nexmark');
const number = (query: string): number => Number(query.slice(1));

/** Every query that has a document, and `q7max`: q7 without the join that finds the bids again. */
export const QUERIES: readonly string[] = [
  ...globSync('q*.weir', { cwd: NEXMARK })
    .map((path) => basename(path, '.weir'))
    .sort((a, b) => number(a) - number(b)),
  'q7max',
];

/** The fields of a query's output that are added up, to be compared. */
export const SUMS: Readonly<Record<string, readonly string[]>> = {
  q0: ['price'],
  q1: ['price'],
  q2: ['auction', 'price'],
  q3: ['id'],
  q4: ['avg'],
  q5: ['num'],
  q7: ['price'],
  q7max: ['maxprice'],
  q8: ['id'],
  q9: ['price'],
  q11: ['bid_count'],
  q12: ['bid_count'],
  q13: ['price'],
  q14: ['price', 'c_counts'],
  q15: ['total_bids', 'total_bidders', 'total_auctions', 'rank3_bidders'],
  q16: ['total_bids', 'total_bidders', 'total_auctions'],
  q17: ['sum_price', 'max_price', 'avg_price'],
  q18: ['price'],
  q19: ['price', 'rank_number'],
  q20: ['price', 'initialBid'],
  q21: ['price'],
  q22: ['price'],
};

/** Into which window of the clock an event falls is not of the data: of these only the sum is compared. */
export const BY_CLOCK: ReadonlySet<string> = new Set(['q12']);

function read(query: string): GraphDocument {
  const file = query === 'q7max' ? 'q7' : query;
  const parsed = parseDocument(readFileSync(join(NEXMARK, `${file}.weir`), 'utf8'));
  if (!parsed.ok) throw new Error(`${file}.weir cannot be read`);
  const { value } = parsed;
  if (query !== 'q7max') return value;
  const { bids, highest, out } = value.nodes;
  if (bids === undefined || highest === undefined || out === undefined) throw new Error('q7 changed');
  return {
    ...value,
    nodes: { bids, highest, out },
    edges: [
      { from: 'bids', to: 'highest' },
      { from: 'highest', to: 'out' },
    ],
  };
}

/** By node id, which file of events a source reads: bids, auctions or persons. */
const sourceOf = (node: GraphDocument['nodes'][string]): string | null =>
  node.type === 'file' ? basename(String(node.config?.['path']), '.ndjson') : null;

/**
 * In memory: one source of the wide events with event time and watermark, as Nexmark has it; where the document reads a file
 * of bids there is a view of them, a filter and a map. The sink counts.
 */
export function inMemory(query: string): GraphDocument {
  const document = read(query);
  const nodes: Record<string, GraphDocument['nodes'][string]> = {};
  const edges = [...document.edges];
  let time: unknown = null;
  for (const [id, node] of Object.entries(document.nodes)) {
    const source = sourceOf(node);
    const view = source === null ? undefined : VIEWS[source];
    if (view !== undefined) {
      time = node.config?.['time'];
      const renamed = Object.entries(view.fields).filter(([name, from]) => name !== from);
      nodes[`only-${id}`] = { type: 'filter', config: { condition: `event_type = ${view.type}` } };
      nodes[id] = {
        type: 'map',
        config: {
          keep: Object.values(view.fields),
          rename: renamed.map(([name, from]) => ({ from, to: name })),
        },
      };
      edges.push({ from: 'events', to: `only-${id}` }, { from: `only-${id}`, to: id });
    } else if (node.type === 'table') {
      nodes[id] = { type: 'tally', config: { fields: [...(SUMS[query] ?? [])] } };
    } else nodes[id] = node;
  }
  nodes['events'] = { type: 'memory', config: { time } };
  return { weir: 1, nodes, edges };
}

/** From files of NDJSON to lines of NDJSON in memory. @param folder has bids.ndjson and so on */
export function fromNdjson(query: string, folder: string): GraphDocument {
  const document = read(query);
  const nodes = Object.entries(document.nodes).map(([id, node]) => {
    const source = sourceOf(node);
    if (source !== null)
      return [id, { ...node, config: { ...node.config, path: join(folder, `${source}.ndjson`) } }];
    if (node.type === 'table')
      return [id, { type: 'tally', config: { fields: [...(SUMS[query] ?? [])], encode: true } }];
    return [id, node];
  });
  return { ...document, nodes: Object.fromEntries(nodes) };
}

/** The files of events that a query reads. */
export const filesOf = (query: string): string[] =>
  Object.values(read(query).nodes).flatMap((node) => sourceOf(node) ?? []);
