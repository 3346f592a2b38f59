/** What an expression throws where a row's values break it: the row goes to the dead letters, the others go on. */
import { problem, showValue, WeirError } from '../contract/problems.ts';

export class RowError extends WeirError {
  constructor(message: string, details: { value?: unknown; expected?: string; next?: string } = {}) {
    super(
      problem('R-RECORD', {
        path: [],
        message,
        ...(details.value === undefined ? {} : { value: showValue(details.value) }),
        ...(details.expected === undefined ? {} : { expected: details.expected }),
        next:
          details.next ??
          'Look at the record, and make the expression hold for it (TRY_CAST, COALESCE, CASE).',
      }),
    );
    this.name = 'RowError';
  }
}
