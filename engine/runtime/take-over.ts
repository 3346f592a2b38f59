/**
 * Before a run goes on with another graph than the one of its checkpoint: says of every node what becomes of its state, and sees to what
 * is given up.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { PositionLog } from '../checkpoints/position-log.ts';
import type { Checkpoint } from '../checkpoints/store.ts';
import type { CheckedGraph } from '../plan/graph.ts';
import { schemaOf } from '../plan/origin.ts';
import { bytesText, CONSEQUENCES, type NodeTakeover } from '../plan/takeover.ts';
import { RUNTIMES, type Runtimes } from '../runtimes.ts';
import { SystemClock } from './clock.ts';
import { nodeSeed } from './random.ts';
import { takeoverOf } from './restored.ts';
import { overtakenIn, type SinkData } from './tasks/sink-data.ts';

export interface TakeOverOptions {
  readonly graph: CheckedGraph;
  readonly restored: Checkpoint;
  readonly drop: readonly string[];
  /** Of the checkpoints. */
  readonly folder: string;
  /** What at-most-once noted of its sources since. */
  readonly positions: PositionLog | null;
  readonly seed: number;
  readonly baseDir: string;
  readonly runtimes?: Runtimes;
  log(level: 'info' | 'warning' | 'error', node: string | null, text: string): void;
}

/** Once for each start by a person, not for the restarts after it. @throws WeirError `K-STATE` */
export async function carryOut(options: TakeOverOptions): Promise<void> {
  const { graph, restored, drop, positions } = options;
  for (const one of takeoverOf(graph, restored, drop).nodes) {
    if (one.fate === 'dropped' && one.kind === 'sink') await showPrepared(one, options);
    if (one.kind === 'source' && one.fate !== 'kept') positions?.forget(one.node);
    if (one.fate === 'new') positions?.forget(one.node);
    tell(one, options);
  }
}

function tell(one: NodeTakeover, { graph, folder, log }: TakeOverOptions): void {
  const { node, fate, bytes, why, kind } = one;
  const isThere = graph.nodes.has(node);
  const say = (level: 'info' | 'warning', text: string): void =>
    log(level, isThere ? node : null, isThere ? text : `${node}: ${text}`);
  const journal = join(folder, 'sources', node);
  switch (fate) {
    case 'kept':
      if (why !== '') say('info', `goes on with its state (${bytesText(bytes)}); ${why}`);
      return;
    case 'new':
      say('info', 'is new, and begins without state');
      if (existsSync(journal))
        say('warning', `finds what an earlier node of its name kept in ${journal}, and gives it again`);
      return;
    case 'gone':
      say('info', `${why}; it held nothing`);
      return;
    case 'dropped':
      say(
        'warning',
        `what the checkpoint has of it is given up (${bytesText(bytes)}): ${CONSEQUENCES[kind ?? 'operator']}`,
      );
      if (kind === 'source' && existsSync(journal))
        say(
          'warning',
          isThere
            ? `gives all again that ${journal} still holds`
            : `what it had accepted and not given yet stays in ${journal}`,
        );
  }
}

/** A sink of the old settings makes visible what it had prepared, and rows that waited in front of it, as at its end. */
async function showPrepared({ node, type }: NodeTakeover, options: TakeOverOptions): Promise<void> {
  const { restored, folder, seed, baseDir, runtimes = RUNTIMES, log } = options;
  const part = restored.parts.get(node);
  const runtime = runtimes.sinks[part?.type ?? type];
  if (part === undefined || part.origin === null || runtime === undefined) return;
  const data = part.state as SinkData;
  if (data.prepared === null && data.overtaken.length === 0) return;
  const abort = new AbortController();
  const sink = runtime.create({
    nodeId: node,
    config: part.origin.config,
    input: schemaOf(part.origin.inputs[0]?.[0] ?? []),
    checkpointed: true,
    stateDir: join(folder, 'sinks', node),
    clock: new SystemClock(),
    seed: nodeSeed(seed, node),
    baseDir,
    signal: abort.signal,
    batchRows: 1,
    log: (level, text) => log(level, node, text),
  });
  try {
    await sink.open();
    await sink.recover?.(data.prepared);
    for (const batch of overtakenIn(data)) await sink.write(batch);
    await sink.finish();
    log(
      'info',
      null,
      `${node}: as it was at the checkpoint, it has shown all that it had: ${sink.committed} rows, with those of earlier runs`,
    );
  } finally {
    await sink.close();
    abort.abort();
  }
}
