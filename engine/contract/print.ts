/** Document → text, in a fixed order of keys, so that the same document always gives the same bytes. */
import type { Fault } from './chaos.ts';
import { DOCUMENT_VERSION, type GraphDocument, type GraphNode } from './document.ts';

/** The order of a node type's settings (its spec's), or null where the type is unknown. */
export type ConfigOrder = (type: string) => readonly string[] | null;

export function printDocument(document: GraphDocument, configOrder: ConfigOrder = () => null): string {
  const ordered = {
    weir: DOCUMENT_VERSION,
    name: document.name,
    description: document.description,
    settings: document.settings && {
      seed: document.settings.seed,
      parallelism: document.settings.parallelism,
      maxParallelism: document.settings.maxParallelism,
      onBadRecord: document.settings.onBadRecord,
      stateMegabytesMax: document.settings.stateMegabytesMax,
      guarantee: document.settings.guarantee,
      checkpoints: document.settings.checkpoints && printCheckpoints(document.settings.checkpoints),
      restart: document.settings.restart && printRestart(document.settings.restart),
      ledger: document.settings.ledger,
      chaos: document.settings.chaos && printChaos(document.settings.chaos),
    },
    nodes: Object.fromEntries(
      Object.entries(document.nodes).map(([id, node]) => [id, orderedNode(node, configOrder)]),
    ),
    edges: document.edges.map(({ from, to }) => ({ from, to })),
    tests: document.tests?.map(({ name, input, expected, tables, order }) => ({
      name,
      input,
      expected,
      tables,
      order,
    })),
    layout: document.layout && {
      nodes: Object.fromEntries(
        Object.entries(document.layout.nodes).map(([id, { x, y }]) => [
          id,
          { x: Math.round(x), y: Math.round(y) },
        ]),
      ),
    },
  };
  return `${JSON.stringify(ordered, null, 2)}\n`;
}

type Settings = NonNullable<GraphDocument['settings']>;

const printCheckpoints = (c: NonNullable<Settings['checkpoints']>): unknown => ({
  every: c.every,
  timeout: c.timeout,
  minPause: c.minPause,
  keep: c.keep,
  tolerableFailures: c.tolerableFailures,
  unaligned: c.unaligned,
  alignedTimeout: c.alignedTimeout,
});

const printRestart = (restart: NonNullable<Settings['restart']>): unknown => {
  if (restart.strategy === 'none') return { strategy: restart.strategy };
  const { strategy, attempts, delay } = restart;
  return {
    strategy,
    attempts,
    delay,
    maxDelay: restart.strategy === 'exponential-delay' ? restart.maxDelay : undefined,
  };
};

const printChaos = ({ seed, faults }: NonNullable<Settings['chaos']>): unknown => ({
  seed,
  faults: faults.map((fault) => orderedFault(fault)),
});

function orderedFault(fault: Fault): unknown {
  const order = [
    'kind',
    'node',
    'source',
    'sink',
    'partition',
    'record',
    'commit',
    'chance',
    'bytes',
    'by',
    'after',
    'until',
    'for',
  ];
  return Object.fromEntries(Object.entries(fault).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b)));
}

function orderedNode(node: GraphNode, order: ConfigOrder): unknown {
  const known = order(node.type) ?? [];
  const keys = [
    ...known.filter((key) => Object.hasOwn(node.config, key)),
    ...Object.keys(node.config).filter((key) => !known.includes(key)),
  ];
  return {
    type: node.type,
    name: node.name,
    note: node.note,
    config: Object.fromEntries(keys.map((key) => [key, node.config[key]])),
  };
}
