/** All rules. The first ones are nearer to the cause. */
import type { CheckedNode } from '../plan/graph.ts';
import type { Finding } from './finding.ts';
import { timeUnit, timeZone } from './rules/clocks.ts';
import { backPressure, waitsForCheckpoint } from './rules/flow.ts';
import { noMatch } from './rules/keys.ts';
import { allFiltered, noInput, sourceEnded, unusable } from './rules/records.ts';
import { allLate, fromTheFuture, heldByPartition, windowOpen } from './rules/watermarks.ts';
import type { Scene } from './scene.ts';

export type Rule = (scene: Scene, node: CheckedNode) => Finding | null;

export const RULES: readonly Rule[] = [
  noInput,
  unusable,
  timeUnit,
  timeZone,
  fromTheFuture,
  heldByPartition,
  backPressure,
  sourceEnded,
  allFiltered,
  allLate,
  noMatch,
  windowOpen,
  waitsForCheckpoint,
];
