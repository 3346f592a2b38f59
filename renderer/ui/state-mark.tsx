/** A state as colour and shape: both come from the style sheet by `data-state`, so that live code only sets that. */
import type { RunState } from '../../engine/contract/telemetry.ts';
import { t } from '../app/strings/index.ts';

export type ShownState = RunState | 'draft';

export const stateText = (state: ShownState): string => t(`state.${state}`);

/** Whether the name of the state stands beside its mark: where all is well the mark is enough. */
export const stateHasText = (state: ShownState): boolean => state !== 'running' && state !== 'idle';

export function StateMark({ state }: { state: ShownState }) {
  return (
    <span className="state" data-state={state} title={stateText(state)}>
      <i aria-hidden="true" />
      <span>{stateHasText(state) ? stateText(state) : ''}</span>
    </span>
  );
}
