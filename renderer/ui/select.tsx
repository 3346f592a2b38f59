import type { Option } from './segmented.tsx';

/** The system's own list. A value that is none of the options stays visible, marked. */
export function Select({
  id,
  label,
  options,
  value,
  empty,
  gone,
  invalid = false,
  onChange,
}: {
  id?: string | undefined;
  label: string;
  options: readonly Option[];
  value: string | undefined;
  /** Text of the choice of nothing; without it something must be chosen. */
  empty?: string | undefined;
  /** What is said of a value that is none of the options. */
  gone?: string | undefined;
  invalid?: boolean;
  onChange: (value: string | undefined) => void;
}) {
  const known = value === undefined || options.some((option) => option.value === value);
  return (
    <select
      {...(id === undefined ? {} : { id })}
      className="input select"
      aria-label={label}
      aria-invalid={invalid || !known}
      value={value ?? ''}
      onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.value)}
    >
      {(empty !== undefined || value === undefined) && <option value="">{empty ?? ''}</option>}
      {!known && <option value={value}>{gone === undefined ? value : `${value} (${gone})`}</option>}
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}
