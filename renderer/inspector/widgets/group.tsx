import { t } from '../../app/strings/index.ts';
import { Switch } from '../../ui/switch.tsx';
import { controlId, useForm } from '../form/context.ts';
import { SubForm, type WidgetProps } from '../form/sub-form.tsx';
import { blankOf } from '../form/values.ts';

/** Settings that belong together. One that may be left out has a switch: off removes it as a whole. */
export function GroupWidget({ field, path, value }: WidgetProps) {
  const form = useForm();
  if (field.shape.kind !== 'group') return null;
  const { fields } = field.shape;
  const on = field.required || value !== undefined;
  const toggle = (next: boolean): void => {
    form.change(path, next ? blankOf(fields) : undefined);
    form.done();
  };
  return (
    <fieldset className="group">
      <div className="field-label">
        <label htmlFor={controlId(path)} title={field.meta.description}>
          {field.meta.title}
        </label>
        {!field.required && (
          <Switch id={controlId(path)} label={field.meta.title} checked={on} onChange={toggle} />
        )}
      </div>
      {field.meta.description !== undefined && <p className="field-hint">{field.meta.description}</p>}
      {on ? (
        <div className="group-body">
          <SubForm fields={fields} path={path} />
        </div>
      ) : (
        field.meta.placeholder !== undefined && (
          <p className="faint">{t('form.default', { value: field.meta.placeholder })}</p>
        )
      )}
    </fieldset>
  );
}
