/** Nexmark's queries over a case's events: the documents of test/nexmark, their sources replaced. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEndpoint } from '../../engine/contract/document.ts';
import { parseDocument } from '../../engine/contract/parse.ts';
import { specOf } from '../../engine/specs.ts';
import { type Case, type JsonObject, list, object, onlyKeys, show, text, Unsupported } from './case.ts';
import type { Dialect } from './dialect.ts';
import type { CaseGraph, Ref } from './graph.ts';

const DOCUMENTS = join(import.meta.dirname, '..', 'nexmark');
const STREAMS: Readonly<Record<string, string>> = { persons: 'person', auctions: 'auction', bids: 'bid' };

/** `date_time` is `dateTime` in Nexmark for Flink, whose names the documents have. */
const camel = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** A row of a document's sink in the words of the case. */
export function nexmarkNames(row: JsonObject): JsonObject {
  const named = Object.fromEntries(Object.entries(row).map(([name, value]) => [snake(name), value]));
  return named['rank_number'] === undefined ? named : { ...named, rank: named['rank_number'] };
}

export function nexmarkQuery(graph: CaseGraph, { operator }: Case): Ref {
  onlyKeys(operator, ['type', 'query'], 'nexmark_query');
  const query = text(operator['query']);
  const own = OWN[query];
  if (own !== undefined) return own(graph);
  const file = join(DOCUMENTS, `${query}.weir`);
  if (!/^q\d+$/.test(query) || !existsSync(file)) throw new Unsupported(`nexmark query ${show(query)}`);
  const parsed = parseDocument(readFileSync(file, 'utf8'));
  if (!parsed.ok) throw new Error(`${file}: ${show(parsed.problems)}`);
  const document = parsed.value;
  const made = new Map<string, Ref>();
  const build = (id: string): Ref => {
    const known = made.get(id);
    if (known !== undefined) return known;
    const node = document.nodes[id];
    if (node === undefined) throw new Error(`no node ${id}`);
    const stream = STREAMS[id];
    const ref =
      stream === undefined ? buildNode(id, node.type, node.config as JsonObject) : events(graph, stream);
    made.set(id, ref);
    return ref;
  };
  const buildNode = (id: string, type: string, config: JsonObject): Ref => {
    const inputs = document.edges.flatMap(({ from, to }): [string, Ref][] => {
      const end = parseEndpoint(to);
      if (end.node !== id) return [];
      return [[end.port ?? specOf(type)?.inputs[0]?.name ?? 'in', build(parseEndpoint(from).node)]];
    });
    return graph.add(type, withAverages(config, graph.dialect), Object.fromEntries(inputs), []);
  };
  const last = document.edges.find((e) => e.to === 'out');
  if (last === undefined) throw new Error(`${query} has no sink`);
  return build(parseEndpoint(last.from).node);
}

/** The events of one kind, with the names of the documents. */
function events(graph: CaseGraph, stream: string): Ref {
  const input = graph.stream(stream);
  const rename = input.fields
    .filter((name) => camel(name) !== name)
    .map((from) => ({ from, to: camel(from) }));
  return graph.add('map', { rename }, { in: input }, input.fields.map(camel));
}

/** Where an average of whole numbers is not cut to one. */
function withAverages(config: JsonObject, dialect: Dialect): JsonObject {
  if (dialect.integerAverage || config['aggregates'] === undefined) return config;
  const aggregates = list(config['aggregates']).map((json): JsonObject => {
    const aggregate = object(json);
    return aggregate['function'] === 'avg'
      ? { ...aggregate, of: `CAST(${text(aggregate['of'])} AS DOUBLE)` }
      : aggregate;
  });
  return { ...config, aggregates };
}

/** Queries that RisingWave has beside Nexmark's own. */
const OWN: Readonly<Record<string, (graph: CaseGraph) => Ref>> = {
  // The highest bid of every auction; NULL for those without.
  q101: (graph) => {
    const highest = graph.add(
      'group-aggregate',
      { keys: ['auction'], aggregates: [{ function: 'max', of: 'price', as: 'current_highest_bid' }] },
      { in: events(graph, 'bid') },
      [],
    );
    const select = [
      { from: 'left.id', as: 'auction_id' },
      { from: 'left.itemName' },
      { from: 'right.current_highest_bid' },
    ];
    const config = { join: 'left', on: [{ left: 'id', right: 'auction' }], select };
    return graph.add('join', config, { left: events(graph, 'auction'), right: highest }, []);
  },
  // How many bids every auction had.
  q105: (graph) => {
    const config = {
      join: 'inner',
      on: [{ left: 'id', right: 'auction' }],
      select: [{ from: 'left.id', as: 'auction_id' }],
    };
    const bids = graph.add(
      'join',
      config,
      { left: events(graph, 'auction'), right: events(graph, 'bid') },
      [],
    );
    const count = { keys: ['auction_id'], aggregates: [{ function: 'count', as: 'bid_count' }] };
    return graph.add('group-aggregate', count, { in: bids }, []);
  },
};
