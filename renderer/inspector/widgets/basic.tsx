/** Text, numbers, switches and choices. */
import { printDuration } from '../../../engine/contract/duration.ts';
import { t } from '../../app/strings/index.ts';
import { NumberField } from '../../ui/number-field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Select } from '../../ui/select.tsx';
import { Switch } from '../../ui/switch.tsx';
import { controlId, useForm } from '../form/context.ts';
import type { FormField } from '../form/model.ts';
import type { WidgetProps } from '../form/sub-form.tsx';

const text = (value: unknown): string =>
  value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);

/** What stands in an empty field: the default, or an example. */
function placeholderOf(field: FormField): string | undefined {
  if (field.fallback !== undefined && typeof field.fallback !== 'object') return String(field.fallback);
  return field.meta.placeholder;
}

export function TextWidget({ field, path, value, invalid }: WidgetProps) {
  const form = useForm();
  const shared = {
    id: controlId(path),
    value: text(value),
    placeholder: placeholderOf(field),
    'aria-invalid': invalid,
    'aria-label': field.meta.title,
    spellCheck: false,
    autoComplete: 'off',
    onBlur: form.done,
  } as const;
  const change = (next: string): void => form.change(path, next === '' ? undefined : next);
  return field.widget === 'multiline' ? (
    <textarea {...shared} className="input area" rows={4} onChange={(event) => change(event.target.value)} />
  ) : (
    <input
      {...shared}
      className={field.widget === 'path' ? 'input mono' : 'input'}
      title={text(value)}
      onChange={(event) => change(event.target.value)}
    />
  );
}

export function DurationWidget(props: WidgetProps) {
  const { value } = props;
  // Hand-written documents may hold ms; the check says what is wrong with that.
  return <TextWidget {...props} value={typeof value === 'number' ? printDuration(value) : value} />;
}

export function NumberWidget({ field, path, value, invalid }: WidgetProps) {
  const form = useForm();
  const number = typeof value === 'number' ? value : undefined;
  return (
    <NumberField
      id={controlId(path)}
      label={field.meta.title}
      value={number}
      placeholder={placeholderOf(field)}
      unit={field.meta.unit}
      integer={field.shape.kind === 'number' && field.shape.integer}
      invalid={invalid}
      describeBad={(bad) =>
        t('form.notNumber', { text: bad, kept: number === undefined ? t('form.nothing') : number })
      }
      onChange={(next) => form.change(path, next)}
      onDone={form.done}
    />
  );
}

export function SwitchWidget({ field, path, value }: WidgetProps) {
  const form = useForm();
  const on = value === undefined ? field.fallback === true : value === true;
  const change = (next: boolean): void => {
    // The default is what is left out: a switch turned back leaves no trace in the file.
    form.change(path, next === (field.fallback === true) ? undefined : next);
    form.done();
  };
  return (
    <span className="switch-line">
      <Switch id={controlId(path)} label={field.meta.title} checked={on} onChange={change} />
      <span className="faint">{t(on ? 'form.on' : 'form.off')}</span>
    </span>
  );
}

const optionsOf = (field: FormField) =>
  field.shape.kind === 'choice'
    ? field.shape.values.map((value) => ({ value, label: field.meta.labels?.[value] ?? value }))
    : [];

export function SelectWidget({ field, path, value, invalid }: WidgetProps) {
  const form = useForm();
  const shown = value ?? field.fallback;
  return (
    <Select
      id={controlId(path)}
      label={field.meta.title}
      options={optionsOf(field)}
      value={shown === undefined ? undefined : String(shown)}
      empty={
        field.required || field.fallback !== undefined
          ? undefined
          : (field.meta.placeholder ?? t('form.none'))
      }
      invalid={invalid}
      onChange={(next) => {
        form.change(path, next);
        form.done();
      }}
    />
  );
}

export function SegmentedWidget({ field, path, value }: WidgetProps) {
  const form = useForm();
  const shown = value ?? field.fallback;
  return (
    <Segmented
      label={field.meta.title}
      options={optionsOf(field)}
      value={shown === undefined ? undefined : String(shown)}
      onChange={(next) => {
        form.change(path, next);
        form.done();
      }}
    />
  );
}
