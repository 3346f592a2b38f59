/** Records that wait: for a node that cannot take more, or for a checkpoint. */
import { CHECKPOINT_DEFAULTS } from '../../contract/document.ts';
import { above } from '../../plan/above.ts';
import type { Rule } from '../rules.ts';

/** The share of the last second from which waiting is worth a word. */
const SHARE = 0.2;

/** Queues stand in front of sinks: the fullest below the source is the one. */
export const backPressure: Rule = (scene, node) => {
  const share = scene.node(node.id, 'backPressure');
  if (node.spec.kind !== 'source' || !(share >= SHARE)) return null;
  const queues = scene.graph.edges
    .filter(({ to }) => to.node !== node.id && above(scene.graph, to.node).some((n) => n.id === node.id))
    .map((edge) => ({ culprit: edge.to.node, fill: scene.edge(edge.id, 'queueFill') }))
    .sort((a, b) => b.fill - a.fill);
  const [fullest] = queues;
  if (fullest === undefined || !(fullest.fill > 0)) return null;
  return { code: 'back-pressure', node: node.id, facts: { ...fullest, share }, fix: null };
};

export const waitsForCheckpoint: Rule = (scene, node) => {
  const { settings } = scene.graph.document;
  if (node.spec.protocol !== 'transactional' || !scene.seen.checkpoints) return null;
  if ((settings?.guarantee ?? 'exactly-once') === 'at-least-once') return null;
  const rows = scene.node(node.id, 'recordsIn') - scene.node(node.id, 'committed');
  if (!(rows > 0) || scene.state(node.id) === 'finished') return null;
  const every = settings?.checkpoints?.every ?? CHECKPOINT_DEFAULTS.every;
  return { code: 'waits-for-checkpoint', node: node.id, facts: { rows, every }, fix: null };
};
