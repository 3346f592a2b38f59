/** A problem under the control that it is about. */
import type { Problem } from '../../engine/contract/problems.ts';
import { t } from '../app/strings/index.ts';

export function ProblemNote({ problem }: { problem: Problem }) {
  return (
    <p className="field-problem" data-severity={problem.severity} role="status" title={problem.code}>
      {problem.message}
      {problem.expected !== undefined && <> {t('form.expected', { expected: problem.expected })}</>}
      {problem.next !== undefined && <span className="field-next">{problem.next}</span>}
    </p>
  );
}

export const ProblemNotes = ({ problems }: { problems: readonly Problem[] }) =>
  problems.map((one) => (
    <ProblemNote key={JSON.stringify([one.path, one.span, one.message])} problem={one} />
  ));
