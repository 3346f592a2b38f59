import { useEffect, useRef, useState } from 'react';

/**
 * A text field for values whose text passes through states that are no value (`1.`, `-`). The draft is kept while it
 * is typed; `parse` gives undefined for an empty text and null for one that is no value, which is said and not taken.
 */
export function NumberField({
  id,
  label,
  value,
  placeholder,
  unit,
  integer = false,
  invalid = false,
  describeBad,
  onChange,
  onDone,
}: {
  id?: string | undefined;
  label: string;
  value: number | undefined;
  placeholder?: string | undefined;
  unit?: string | undefined;
  integer?: boolean;
  invalid?: boolean;
  /** Of a text that is no number. */
  describeBad: (text: string) => string;
  onChange: (value: number | undefined) => void;
  onDone?: (() => void) | undefined;
}) {
  const [draft, setDraft] = useState(print(value));
  const last = useRef(value);
  // Undo, or another selection: the value came from elsewhere.
  useEffect(() => {
    if (value !== last.current) setDraft(print(value));
    last.current = value;
  }, [value]);
  const parsed = parseNumber(draft);
  return (
    <>
      <span className="with-unit">
        <input
          {...(id === undefined ? {} : { id })}
          className="input num"
          inputMode={integer ? 'numeric' : 'decimal'}
          autoComplete="off"
          aria-label={label}
          aria-invalid={invalid || parsed === null}
          value={draft}
          placeholder={placeholder}
          onChange={(event) => {
            const text = event.target.value;
            setDraft(text);
            const next = parseNumber(text);
            if (next === null) return;
            last.current = next;
            onChange(next);
          }}
          onBlur={() => onDone?.()}
        />
        {unit !== undefined && <span className="unit">{unit}</span>}
      </span>
      {parsed === null && <p className="field-problem">{describeBad(draft)}</p>}
    </>
  );
}

const print = (value: number | undefined): string => (value === undefined ? '' : String(value));

/** Undefined for nothing, null for what is no number. A fraction is told by the check, not taken away. */
export function parseNumber(text: string): number | undefined | null {
  const plain = text.trim().replaceAll(/[\s_,\u202f]/g, '');
  if (plain === '') return undefined;
  const value = Number(plain);
  return Number.isFinite(value) && /\d/.test(plain) ? value : null;
}
