/** What several workers of a run have seen, as one run would have. */
import type { Evidence } from '../../contract/evidence.ts';
import { mergedPanes, type Panes } from '../../contract/panes.ts';

export class SeenByWorkers {
  readonly #evidence: (readonly Evidence[])[] = [];
  /** By node, of each worker. */
  readonly #panes = new Map<string, Panes[]>();

  evidence(worker: number, evidence: readonly Evidence[]): Evidence[] {
    this.#evidence[worker] = evidence;
    const merged = new Map<string, Evidence>();
    for (const one of this.#evidence.flatMap((list) => list ?? [])) {
      const key = `${one.kind} ${one.node}`;
      const other = merged.get(key);
      merged.set(key, other === undefined ? one : both(other, one));
    }
    return [...merged.values()];
  }

  panes(worker: number, node: string, panes: Panes): Panes {
    const own = this.#panes.get(node) ?? [];
    own[worker] = panes;
    this.#panes.set(node, own);
    return mergedPanes(own.filter((part) => part !== undefined)) ?? panes;
  }
}

/** Keys of one operator are spread: what is late is so on all, and the first window to fire is the first of all. */
function both(a: Evidence, b: Evidence): Evidence {
  if (a.kind === 'late' && b.kind === 'late')
    return { ...a, behind: [...a.behind, ...b.behind].sort((x, y) => x - y) };
  if (a.kind === 'firing' && b.kind === 'firing') {
    const due = Math.min(a.due ?? Infinity, b.due ?? Infinity);
    return { ...a, due: Number.isFinite(due) ? due : null };
  }
  return a;
}
