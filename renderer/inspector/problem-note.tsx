/** A problem under the control that it is about. */
import type { Problem } from '../../engine/contract/problems.ts';
import { t } from '../app/strings/index.ts';

/** @param title of the setting that it is about, where it stands below it */
export function ProblemNote({ problem, title }: { problem: Problem; title?: string | undefined }) {
  // In a form that is being filled in, what is still empty needs no explanation.
  if (title !== undefined && problem.value === 'nothing')
    return (
      <p className="field-problem" data-severity={problem.severity} role="status" title={problem.code}>
        {t('form.missing', { title })}
      </p>
    );
  return (
    <p className="field-problem" data-severity={problem.severity} role="status" title={problem.code}>
      {problem.message}
      {problem.expected !== undefined && <> {t('form.expected', { expected: problem.expected })}</>}
      {problem.next !== undefined && <span className="field-next">{problem.next}</span>}
    </p>
  );
}

export const ProblemNotes = ({
  problems,
  title,
}: {
  problems: readonly Problem[];
  title?: string | undefined;
}) =>
  problems.map((one) => (
    <ProblemNote key={JSON.stringify([one.path, one.span, one.message])} problem={one} title={title} />
  ));
