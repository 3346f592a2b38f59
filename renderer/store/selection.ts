/** What is selected on the canvas. */
import { createStore, type StoreApi } from 'zustand/vanilla';

export interface SelectionState {
  readonly nodes: ReadonlySet<string>;
  /** `edgeId`s. */
  readonly edges: ReadonlySet<string>;
}
export type SelectionStore = StoreApi<SelectionState>;

const NONE: SelectionState = { nodes: new Set(), edges: new Set() };

export const createSelectionStore = (): SelectionStore => createStore<SelectionState>(() => NONE);

export const selectNodes = (store: SelectionStore, ids: Iterable<string>): void =>
  store.setState({ nodes: new Set(ids), edges: new Set() });

export const selectEdges = (store: SelectionStore, ids: Iterable<string>): void =>
  store.setState({ nodes: new Set(), edges: new Set(ids) });

export const clearSelection = (store: SelectionStore): void => store.setState(NONE);

/** The node that the inspector shows: the selected one, where exactly one is. */
export const onlyNode = (state: SelectionState): string | null =>
  state.nodes.size === 1 && state.edges.size === 0 ? ([...state.nodes][0] ?? null) : null;

export const onlyEdge = (state: SelectionState): string | null =>
  state.edges.size === 1 && state.nodes.size === 0 ? ([...state.edges][0] ?? null) : null;
