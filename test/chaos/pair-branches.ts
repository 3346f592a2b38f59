/** What stands behind clicks and views: operators with two inputs. Their rows come in an order that the clock decides. */
import type { Edges, Nodes } from './order-branches.ts';
import type { Branches, Comparison } from './pipeline.ts';

const ON = [{ left: 'page', right: 'page' }];
const COUNT = { function: 'count', as: 'c' };

const joins: Nodes = {
  near: { type: 'interval-join', config: { join: 'left', on: ON, lower: '-3 s', upper: '1 s' } },
  within: {
    type: 'window-join',
    config: { join: 'full', window: { kind: 'hopping', size: '4 s', slide: '2 s' }, on: ON },
  },
  alone: { type: 'window-join', config: { join: 'anti', window: { kind: 'tumbling', size: '3 s' }, on: ON } },
  asOf: { type: 'temporal-join', config: { join: 'left', on: ON } },
  pairs: { type: 'join', config: { on: ON, condition: 'left.click > right.view - 50' } },
  outer: { type: 'join', config: { join: 'full', on: ON } },
  unseen: { type: 'join', config: { join: 'anti', on: ON } },
};

const more: Nodes = {
  // Behind a join of two sources: fires by its watermark.
  perPage: {
    type: 'window',
    config: { window: { kind: 'tumbling', size: '5 s' }, keys: ['page'], aggregates: [COUNT] },
  },
  clicksOf: { type: 'group-aggregate', config: { keys: ['page'], aggregates: [COUNT] } },
  viewsOf: {
    type: 'group-aggregate',
    config: { keys: ['page'], aggregates: [{ function: 'count', as: 'v' }] },
  },
  sides: { type: 'join', config: { join: 'left', on: ON } },
};

const edges: Edges = [
  ...Object.keys(joins).flatMap((join) => [
    { from: 'clicks:out', to: `${join}:left` },
    { from: 'views:out', to: `${join}:right` },
  ]),
  { from: 'clicks:out', to: 'clicksOf' },
  { from: 'views:out', to: 'viewsOf' },
  { from: 'clicksOf:out', to: 'sides:left' },
  { from: 'viewsOf:out', to: 'sides:right' },
  { from: 'near:out', to: 'perPage' },
];

const sinks: Record<string, Comparison> = {
  'clicks:out': 'rows',
  'views:out': 'rows',
  'near:out': 'rows',
  'within:out': 'rows',
  'alone:out': 'rows',
  'asOf:out': 'rows',
  'pairs:out': 'rows',
  'outer:out': 'table',
  'unseen:out': 'table',
  'sides:out': 'table',
  'perPage:out': 'rows',
};

export const PAIRS: Branches = { nodes: { ...joins, ...more }, edges, sinks };
