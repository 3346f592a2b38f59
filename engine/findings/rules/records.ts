/** Records that do not come, cannot be used, or are not let through. */
import type { Rule } from '../rules.ts';

/** From this share on, what is wrong with records is why little comes out. */
const MOST = 0.5;

export const noInput: Rule = (scene, node) =>
  node.spec.kind === 'source' &&
  scene.node(node.id, 'recordsIn') === 0 &&
  scene.state(node.id) !== 'finished' &&
  scene.state(node.id) !== 'failed'
    ? { code: 'no-input', node: node.id, facts: {}, fix: null }
    : null;

/** What waits for the watermark of a source that has ended and holds it waits for ever: that is the cause then. */
export const sourceEnded: Rule = (scene, node) => {
  if (node.spec.kind !== 'source' || scene.state(node.id) !== 'finished') return null;
  const records = scene.node(node.id, 'recordsIn');
  const time = node.config?.['time'] as { readonly atEnd?: string } | undefined;
  const holds = time?.atEnd === 'hold';
  const fix = holds ? [{ path: ['nodes', node.id, 'config', 'time', 'atEnd'], value: 'complete' }] : null;
  return { code: 'source-ended', node: node.id, facts: { records, holds }, fix: fix && { edits: fix } };
};

export const unusable: Rule = (scene, node) => {
  const count = scene.node(node.id, 'deadLetters');
  const of = scene.node(node.id, 'recordsIn');
  if (!(count > 0) || count < of * MOST) return null;
  const first = scene.evidence('unusable', node.id);
  return {
    code: 'unusable',
    node: node.id,
    facts: {
      count,
      of,
      first: first && { code: first.code, message: first.message, record: first.record },
    },
    fix: null,
  };
};

export const allFiltered: Rule = (scene, node) => {
  const count = scene.node(node.id, 'filtered');
  if (!(count > 0) || scene.node(node.id, 'recordsOut') > 0) return null;
  const last = scene.evidence('rejected', node.id);
  return {
    code: 'all-filtered',
    node: node.id,
    facts: { count, last: last && { record: last.record, parts: last.parts } },
    fix: null,
  };
};
