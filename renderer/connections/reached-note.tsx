import type { Reached } from '../../engine/contract/connections.ts';
import { t } from '../app/strings/index.ts';

export const ReachedNote = ({ reached: { brokers, topics } }: { reached: Reached }) => (
  <p className="reached" role="status">
    {t('connections.reached', { brokers: brokers.join(', '), topics: topics.length })}
  </p>
);
