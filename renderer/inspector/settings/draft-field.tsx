/** A labelled field whose text is taken only while it is a value; else it says why, and what is kept. */
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { t } from '../../app/strings/index.ts';

export function DraftField({
  label,
  value,
  placeholder,
  numeric = false,
  half = true,
  take,
  onDone,
}: {
  label: string;
  value: string;
  placeholder?: string;
  numeric?: boolean;
  half?: boolean;
  /** Takes the value, or says why it is none. Empty texts come too. */
  take: (text: string) => string | null;
  onDone?: () => void;
}) {
  const id = useId();
  const [draft, setDraft] = useState(value);
  const [reason, setReason] = useState<string | null>(null);
  const last = useRef(value);
  // Undo, or another selection: the value came from elsewhere.
  useEffect(() => {
    if (value !== last.current) {
      setDraft(value);
      setReason(null);
    }
    last.current = value;
  }, [value]);
  return (
    <Field label={label} id={id} half={half}>
      <input
        id={id}
        className={numeric ? 'input num' : 'input'}
        inputMode={numeric ? 'decimal' : 'text'}
        autoComplete="off"
        spellCheck={false}
        placeholder={placeholder}
        aria-invalid={reason !== null}
        value={draft}
        onChange={(event) => {
          const text = event.target.value;
          setDraft(text);
          const found = take(text.trim());
          setReason(found);
          if (found === null) last.current = printed(text.trim(), numeric);
        }}
        onBlur={onDone}
      />
      {reason !== null && (
        <p className="field-problem" role="status">
          {t('settings.kept', { reason, kept: value === '' ? t('form.nothing') : value })}
        </p>
      )}
    </Field>
  );
}

/** As the value comes back: `0.10` as `0.1`, which is no other value. */
const printed = (text: string, numeric: boolean): string =>
  numeric && text !== '' ? String(Number(text)) : text;

export function Field({
  label,
  id,
  half = false,
  hint,
  children,
}: {
  label: string;
  id?: string;
  half?: boolean;
  hint?: string;
  children: ReactNode;
}) {
  return (
    <div className="field" data-half={half}>
      {id === undefined ? (
        <span className="field-label">{label}</span>
      ) : (
        <label className="field-label" htmlFor={id}>
          {label}
        </label>
      )}
      {children}
      {hint !== undefined && <p className="field-hint">{hint}</p>}
    </div>
  );
}
