/** Who takes part. Loaded one at a time, so that a process holds nothing of the others. */
import type { Entrant } from './entrant.ts';

export const ENTRANTS = ['engine', 'hand', 'rxjs', 'most'] as const;
export type EntrantName = (typeof ENTRANTS)[number];

export const LOADERS: Record<EntrantName, () => Promise<Entrant>> = {
  engine: async () => (await import('./engine.ts')).engine,
  hand: async () => (await import('./hand-written.ts')).handWritten,
  rxjs: async () => (await import('./rxjs.ts')).rxjs,
  most: async () => (await import('./most.ts')).most,
};
