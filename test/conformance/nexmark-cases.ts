/** Nexmark's queries over a case's events: the documents of test/nexmark, their sources replaced. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEndpoint } from '../../engine/contract/document.ts';
import { parseDocument } from '../../engine/contract/parse.ts';
import { specOf } from '../../engine/specs.ts';
import { type Case, type JsonObject, list, object, onlyKeys, show, text, Unsupported } from './case.ts';
import type { Dialect } from './dialect.ts';
import type { CaseGraph, Ref } from './graph.ts';
import { events } from './nexmark-events.ts';
import { CONDITIONS, RISINGWAVE } from './nexmark-risingwave.ts';

const DOCUMENTS = join(import.meta.dirname, '..', 'nexmark');
const STREAMS: Readonly<Record<string, string>> = { persons: 'person', auctions: 'auction', bids: 'bid' };

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** A row of a document's sink in the words of the case. */
export function nexmarkNames(row: JsonObject): JsonObject {
  const named = Object.fromEntries(Object.entries(row).map(([name, value]) => [snake(name), value]));
  return named['rank_number'] === undefined ? named : { ...named, rank: named['rank_number'] };
}

export function nexmarkQuery(graph: CaseGraph, { operator }: Case): Ref {
  onlyKeys(operator, ['type', 'query'], 'nexmark_query');
  const query = text(operator['query']);
  const own = RISINGWAVE[query];
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
    const settings = { ...withAverages(config, graph.dialect), ...conditionOf(graph, config) };
    return graph.add(type, settings, Object.fromEntries(inputs), []);
  };
  const last = document.edges.find((e) => e.to === 'out');
  if (last === undefined) throw new Error(`${query} has no sink`);
  return build(parseEndpoint(last.from).node);
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

/** RisingWave's tests ask the same with other constants, which fit their data. */
function conditionOf({ test }: CaseGraph, { condition }: JsonObject): JsonObject {
  const own = test.engine === 'risingwave' ? CONDITIONS[text(condition ?? '')] : undefined;
  return own === undefined ? {} : { condition: own };
}
