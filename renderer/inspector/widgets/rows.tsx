import { useEffect, useRef, useState } from 'react';
import { t } from '../../app/strings/index.ts';
import { controlId, useForm } from '../form/context.ts';
import { parseRows, printRows } from '../form/rows-text.ts';
import type { WidgetProps } from '../form/sub-form.tsx';

/** More would make a text field that nobody can work with. */
const ROWS_EDIT_MAX = 500;

/** A small table of values, as one JSON object a line. */
export function RowsWidget({ field, path, value, invalid }: WidgetProps) {
  const form = useForm();
  const rows: readonly unknown[] = Array.isArray(value) ? value : [];
  const [draft, setDraft] = useState(() => printRows(rows));
  const last = useRef(value);
  useEffect(() => {
    if (value !== last.current) setDraft(printRows(Array.isArray(value) ? value : []));
    last.current = value;
  }, [value]);
  if (rows.length > ROWS_EDIT_MAX)
    return <p className="faint">{t('form.rowsMore', { count: rows.length })}</p>;
  const parsed = parseRows(draft);
  return (
    <>
      <textarea
        id={controlId(path)}
        className="input area mono"
        rows={6}
        wrap="off"
        spellCheck={false}
        aria-label={field.meta.title}
        aria-invalid={invalid || !parsed.ok}
        value={draft}
        onChange={(event) => {
          setDraft(event.target.value);
          const next = parseRows(event.target.value);
          if (!next.ok) return;
          last.current = next.rows;
          form.change(path, next.rows);
        }}
        onBlur={form.done}
      />
      <p className="field-hint">{t('form.rowsHint')}</p>
      {!parsed.ok && (
        <p className="field-problem">{t('form.rowsBad', { line: parsed.line, reason: parsed.reason })}</p>
      )}
    </>
  );
}
