/** The open document, its file, its check, and its history. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { emptyDocument, type GraphDocument } from '../../engine/contract/document.ts';
import { printDocument } from '../../engine/contract/print.ts';
import type { Problem } from '../../engine/contract/problems.ts';
import { checkGraph } from '../../engine/plan/check.ts';
import type { CheckedGraph } from '../../engine/plan/graph.ts';
import { configOrder } from '../../engine/specs.ts';
import { applyEdit, type Edit, isLayoutEdit } from '../canvas/edits.ts';

export interface DocumentFile {
  /** Null until it is saved: new documents, and examples. */
  readonly path: string | null;
  /** Shown in the title: `flight-delays.weir`. */
  readonly fileName: string;
}

/** A file that could not be read as a document; it stays untouched on disk. */
export interface BrokenFile extends DocumentFile {
  readonly problems: readonly Problem[];
}

interface Step {
  readonly document: GraphDocument;
  /** What the next document was made by: an edit of the same gesture soon after joins this step. */
  readonly gesture: string | null;
  readonly at: number;
}

export interface DocumentState {
  /** Counts up with every document that is opened: views begin anew then, and not when it is saved elsewhere. */
  readonly session: number;
  /** Null: the start screen. */
  readonly file: DocumentFile | null;
  readonly document: GraphDocument;
  readonly graph: CheckedGraph;
  /** The document as its file has it; the same object as `document` when nothing is unsaved. */
  readonly saved: GraphDocument | null;
  readonly broken: BrokenFile | null;
  readonly past: readonly Step[];
  readonly future: readonly GraphDocument[];
}

export type DocumentStore = StoreApi<DocumentState>;

/** Steps that undo keeps. */
const HISTORY_MAX = 500;
/** Edits of one gesture (typing in one field) that are further apart are two steps. */
const GESTURE_PAUSE_MS = 2000;

const EMPTY = emptyDocument();
const closed: DocumentState = {
  session: 0,
  file: null,
  document: EMPTY,
  graph: checkGraph(EMPTY),
  saved: EMPTY,
  broken: null,
  past: [],
  future: [],
};

export const createDocumentStore = (): DocumentStore => createStore<DocumentState>(() => closed);

/** Opens a document. `saved: false` for what no file holds yet but was worked on (pasted, imported). */
export function openDocument(store: DocumentStore, document: GraphDocument, file: DocumentFile): void {
  const session = store.getState().session + 1;
  store.setState({ ...closed, session, file, document, graph: checkGraph(document), saved: document }, true);
}

export function showBroken(store: DocumentStore, broken: BrokenFile): void {
  store.setState({ ...closed, session: store.getState().session, broken }, true);
}

export function closeDocument(store: DocumentStore): void {
  store.setState({ ...closed, session: store.getState().session }, true);
}

/**
 * Applies edits as one step of undo. Edits with the same `gesture` in quick succession (typing, dragging) become one
 * step; `endGesture` or another gesture ends it.
 */
export function edit(
  store: DocumentStore,
  edits: Edit | readonly Edit[],
  gesture: string | null = null,
  now: number = Date.now(),
): void {
  const list = 'type' in edits ? [edits] : edits;
  const state = store.getState();
  const document = list.reduce(applyEdit, state.document);
  if (document === state.document) return;
  const last = state.past.at(-1);
  const joins =
    gesture !== null &&
    last?.gesture === gesture &&
    now - last.at < GESTURE_PAUSE_MS &&
    state.future.length === 0;
  const step: Step = { document: joins ? last.document : state.document, gesture, at: now };
  const past = joins ? state.past.slice(0, -1) : state.past.slice(-HISTORY_MAX + 1);
  const graph = list.every(isLayoutEdit) ? { ...state.graph, document } : checkGraph(document);
  store.setState({ document, graph, past: [...past, step], future: [] });
}

/** The next edit is a new step, whatever its gesture. */
export function endGesture(store: DocumentStore): void {
  const { past } = store.getState();
  const last = past.at(-1);
  if (last === undefined || last.gesture === null) return;
  store.setState({ past: [...past.slice(0, -1), { ...last, gesture: null }] });
}

export function undo(store: DocumentStore): void {
  const { document, past, future } = store.getState();
  const last = past.at(-1);
  if (last === undefined) return;
  store.setState({
    document: last.document,
    graph: checkGraph(last.document),
    past: past.slice(0, -1),
    future: [document, ...future],
  });
}

export function redo(store: DocumentStore): void {
  const { document, past, future } = store.getState();
  const [next, ...rest] = future;
  if (next === undefined) return;
  store.setState({
    document: next,
    graph: checkGraph(next),
    past: [...past, { document, gesture: null, at: 0 }],
    future: rest,
  });
}

export const isUnsaved = (state: DocumentState): boolean =>
  state.file !== null && state.document !== state.saved;

/** The text that a file gets. */
export const documentText = (document: GraphDocument): string => printDocument(document, configOrder);

/** After a save of `document`; edits made while it was written stay unsaved. */
export function markSaved(store: DocumentStore, document: GraphDocument, file: DocumentFile): void {
  store.setState({ saved: document, file });
}
