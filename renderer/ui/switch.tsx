/** On or off; the state is a position and a colour. */
export function Switch({
  id,
  label,
  checked,
  onChange,
}: {
  id?: string | undefined;
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}) {
  return (
    <input
      {...(id === undefined ? {} : { id })}
      type="checkbox"
      role="switch"
      className="switch"
      aria-label={label}
      aria-checked={checked}
      checked={checked}
      onChange={(event) => onChange(event.target.checked)}
    />
  );
}
