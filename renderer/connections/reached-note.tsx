import type { Reached } from '../../engine/contract/connections.ts';
import { t } from '../app/strings/index.ts';

export const ReachedNote = ({ reached: { at, places } }: { reached: Reached }) => (
  <p className="reached" role="status">
    {t('connections.reached', { at: at.join(', '), places: places.length })}
  </p>
);
