/** Watermarks that stand still, run ahead, or have not come far enough. */
import { printDuration } from '../../contract/duration.ts';
import { durationMs, type TimeSettings } from '../../contract/settings.ts';
import { above } from '../../plan/above.ts';
import type { CheckedGraph, CheckedNode } from '../../plan/graph.ts';
import type { Rule } from '../rules.ts';

/** A partition that is silent for less is only slow. */
const QUIET_MS = 2000;
/** Less is disorder: a bound can allow for it. */
const JUMP_MS = 60_000;
/** From this share on, late records are why little comes out. */
const MOST = 0.5;

const timeOf = (node: CheckedNode): TimeSettings | undefined =>
  node.config?.['time'] as TimeSettings | undefined;

export const heldByPartition: Rule = (scene, node) => {
  if (node.spec.kind !== 'source' || timeOf(node) === undefined || scene.state(node.id) === 'finished')
    return null;
  const partitions = scene.partitions(node.id).filter((p) => p.of('idle') !== 1);
  if (partitions.length < 2) return null;
  const mark = (at: number): number => {
    const own = partitions[at]?.of('watermark') ?? Number.NaN;
    return Number.isNaN(own) ? -Infinity : own;
  };
  const slowest = partitions.reduce((least, _, at) => (mark(at) < mark(least) ? at : least), 0);
  const others = Math.min(...partitions.flatMap((_, at) => (at === slowest ? [] : [mark(at)])));
  const last = partitions[slowest]?.of('lastRecordAt') ?? Number.NaN;
  const quietMs = Number.isNaN(last) ? null : scene.head('now') - last;
  const silent = quietMs ?? scene.head('elapsedMs');
  if (others === -Infinity || others - mark(slowest) < QUIET_MS || silent < QUIET_MS) return null;
  const timeout = { path: ['nodes', node.id, 'config', 'time', 'idleTimeout'], value: '5 s' };
  return {
    code: 'held-by-partition',
    node: node.id,
    facts: {
      partition: partitions[slowest]?.name ?? '',
      watermark: Number.isFinite(mark(slowest)) ? mark(slowest) : null,
      quietMs,
      others,
    },
    fix: timeOf(node)?.idleTimeout === undefined ? { edits: [timeout] } : null,
  };
};

/** A wide jump of the newest time, after which most is late by about as much. */
export const fromTheFuture: Rule = (scene, node) => {
  const jump = scene.evidence('times', node.id)?.jump ?? null;
  if (jump === null) return null;
  const width = jump.to - jump.from;
  if (width < JUMP_MS) return null;
  const late = below(scene.graph, node.id).flatMap((id) => {
    const behind = scene.evidence('late', id)?.behind ?? [];
    const median = behind[behind.length >> 1] ?? 0;
    return median > width / 2 && median < width * 2 ? [scene.node(id, 'lateRecords')] : [];
  });
  const most = Math.max(0, ...late);
  if (most === 0) return null;
  return { code: 'from-the-future', node: node.id, facts: { ...jump, late: most }, fix: null };
};

export const allLate: Rule = (scene, node) => {
  const late = scene.node(node.id, 'lateRecords');
  const of = scene.node(node.id, 'recordsIn');
  const behind = scene.evidence('late', node.id)?.behind ?? [];
  if (!(late > 0) || late < of * MOST || behind.length === 0) return null;
  const at = (share: number): number =>
    behind[Math.min(behind.length - 1, Math.floor(behind.length * share))] ?? 0;
  const source = above(scene.graph, node.id).find((n) => timeOf(n)?.watermark.kind === 'bounded');
  const watermark = source === undefined ? undefined : timeOf(source)?.watermark;
  const bound = watermark?.kind === 'bounded' ? watermark.delay : null;
  // What was behind the watermark comes on top of what the watermark stays behind.
  const better = bound === null ? null : printDuration(roundedUp(durationMs(bound) + at(0.99)));
  const path = ['nodes', source?.id ?? '', 'config', 'time', 'watermark', 'delay'];
  return {
    code: 'all-late',
    node: node.id,
    facts: { late, of, median: at(0.5), most: at(0.99), bound, better },
    fix: better === null ? null : { edits: [{ path, value: better }] },
  };
};

export const windowOpen: Rule = (scene, node) => {
  const due = scene.evidence('firing', node.id)?.due ?? null;
  const open = scene.node(node.id, 'openWindows');
  if (due === null || !(open > 0) || scene.state(node.id) === 'finished') return null;
  const inputs = scene.graph.edges.filter((e) => e.to.node === node.id).map((e) => e.from.node);
  const least = Math.min(...inputs.map((id) => orMinus(scene.node(id, 'watermark'))));
  const watermark = Number.isFinite(least) ? least : null;
  const window = node.config?.['window'] as { readonly kind?: string; readonly gap?: string } | undefined;
  const facts = { due, watermark, open };
  return window?.kind === 'session' && window.gap !== undefined
    ? { code: 'session-open', node: node.id, facts: { ...facts, gap: window.gap }, fix: null }
    : { code: 'window-open', node: node.id, facts, fix: null };
};

const orMinus = (time: number): number => (Number.isNaN(time) ? -Infinity : time);

/** To what a person would write: 2 s, 90 s, 12 min, not 723,411 ms. */
function roundedUp(ms: number): number {
  const step =
    [1, 10, 100, 1000, 5000, 10_000, 60_000, 300_000, 3_600_000].findLast((s) => s * 10 <= ms) ?? 1;
  return Math.ceil(ms / step) * step;
}

/** Every node that rows of `id` can reach. */
function below(graph: CheckedGraph, id: string): string[] {
  return [...graph.nodes.keys()].filter((other) => above(graph, other).some((node) => node.id === id));
}
