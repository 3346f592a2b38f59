import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { DocumentState } from '../store/document.ts';
import type { RunState } from '../store/run.ts';
import type { SelectionState } from '../store/selection.ts';
import type { Studio } from '../store/studio.ts';
import type { UiState } from '../store/ui.ts';

export const StudioContext = createContext<Studio | null>(null);

export function useStudio(): Studio {
  const studio = useContext(StudioContext);
  if (studio === null) throw new Error('outside of StudioContext');
  return studio;
}

/** Selectors must give the same value for the same state (no fresh objects). */
export const useDocument = <T>(select: (state: DocumentState) => T): T =>
  useStore(useStudio().document, select);
export const useSelection = <T>(select: (state: SelectionState) => T): T =>
  useStore(useStudio().selection, select);
export const useRun = <T>(select: (state: RunState) => T): T => useStore(useStudio().run, select);
export const useUi = <T>(select: (state: UiState) => T): T => useStore(useStudio().ui, select);
