import { t } from '../app/strings/index.ts';
import { useDocument, useRun, useStudio } from '../app/studio-context.ts';
import { isActive } from '../store/run.ts';
import { Icon } from '../ui/icon.tsx';
import { CHANGES_ICON } from './icon.ts';
import { notRunning } from './not-running.ts';

/** On the card of a node that is drawn otherwise than it runs. */
export function NotRunningMark({ id }: { id: string }) {
  const studio = useStudio();
  const ran = useRun((state) => (isActive(state.status) ? state.document : null));
  const what = useDocument((state) =>
    ran === null ? null : (notRunning(ran, state.document).get(id) ?? null),
  );
  if (what === null) return null;
  const title = t('changes.mark', { what });
  return (
    <button
      type="button"
      className="not-running nodrag"
      aria-label={title}
      title={title}
      onClick={() => studio.ui.setState({ dialog: { kind: 'changes', against: 'run' } })}
    >
      <Icon path={CHANGES_ICON} />
    </button>
  );
}
