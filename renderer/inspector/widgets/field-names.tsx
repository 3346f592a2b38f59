/** Settings that name fields of the input, or of the source itself. */
import { type Field, printType } from '../../../engine/contract/types.ts';
import { t } from '../../app/strings/index.ts';
import { Select } from '../../ui/select.tsx';
import { controlId, useForm } from '../form/context.ts';
import type { FormField } from '../form/model.ts';
import type { WidgetProps } from '../form/sub-form.tsx';

function useFitting({ meta }: FormField): {
  readonly all: readonly Field[];
  readonly fitting: readonly Field[];
} {
  const all = useForm().fields[meta.scope ?? 'input'];
  const { kinds } = meta;
  return { all, fitting: kinds === undefined ? all : all.filter(({ type }) => kinds.includes(type.kind)) };
}

export function FieldWidget({ field, path, value, invalid }: WidgetProps) {
  const form = useForm();
  const { fitting } = useFitting(field);
  const known = form.known[field.meta.scope ?? 'input'];
  const shown = typeof value === 'string' ? value : undefined;
  return (
    <Select
      id={controlId(path)}
      label={field.meta.title}
      options={fitting.map(({ name, type }) => ({ value: name, label: `${name}  ${printType(type)}` }))}
      value={shown}
      empty={field.required ? t('form.choose') : (field.meta.placeholder ?? t('form.none'))}
      gone={known ? t('form.gone') : undefined}
      invalid={invalid}
      onChange={(next) => {
        form.change(path, next);
        form.done();
      }}
    />
  );
}

export function FieldsWidget({ field, path, value, invalid }: WidgetProps) {
  const form = useForm();
  const { all, fitting } = useFitting(field);
  const names = (Array.isArray(value) ? value : []).map(String);
  const free = fitting.filter(({ name }) => !names.includes(name));
  const set = (next: readonly string[]): void => {
    form.change(path, next.length === 0 && !field.required ? undefined : next);
    form.done();
  };
  return (
    <div className="chips" data-invalid={invalid}>
      {names.map((name) => {
        const found = all.find((one) => one.name === name);
        const gone = found === undefined && form.known[field.meta.scope ?? 'input'];
        return (
          <span key={name} className="chip" data-gone={gone} title={gone ? t('form.gone') : name}>
            {found !== undefined && <small>{printType(found.type)}</small>}
            {name}
            <button
              type="button"
              aria-label={`${t('form.remove')} ${name}`}
              onClick={() => set(names.filter((one) => one !== name))}
            >
              ×
            </button>
          </span>
        );
      })}
      <select
        id={controlId(path)}
        className="chip-add"
        aria-label={`${field.meta.title}: ${t('form.addField')}`}
        value=""
        disabled={free.length === 0}
        onChange={(event) => {
          if (event.target.value !== '') set([...names, event.target.value]);
        }}
      >
        <option value="">
          {names.length === 0 && field.meta.placeholder !== undefined
            ? field.meta.placeholder
            : t('form.addField')}
        </option>
        {free.map(({ name, type }) => (
          <option key={name} value={name}>
            {name} {printType(type)}
          </option>
        ))}
      </select>
    </div>
  );
}
