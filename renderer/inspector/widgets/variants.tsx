import { t } from '../../app/strings/index.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { Select } from '../../ui/select.tsx';
import { controlId, useForm } from '../form/context.ts';
import { SubForm, type WidgetProps } from '../form/sub-form.tsx';
import { isRecord, switchVariant } from '../form/values.ts';

/** More than these, or longer names, do not fit side by side. */
const SEGMENTS_MAX = 4;
const SEGMENTS_TEXT_MAX = 36;

/** One of several shapes: the picker, then the settings of the picked one. */
export function VariantsWidget({ field, path, value, invalid }: WidgetProps) {
  const form = useForm();
  if (field.shape.kind !== 'variants') return null;
  const { variants } = field.shape;
  const shown = isRecord(value) ? value : field.fallback;
  const kind = isRecord(shown) && typeof shown['kind'] === 'string' ? shown['kind'] : undefined;
  const picked = variants.find((variant) => variant.kind === kind);
  // What may be left out, and means nothing else then, can be put back to that.
  const none =
    field.required || field.fallback !== undefined ? [] : [field.meta.placeholder ?? t('form.none')];
  const options = [
    ...none.map((label) => ({ value: '', label })),
    ...variants.map((variant) => ({ value: variant.kind, label: variant.label })),
  ];
  const shownKind = kind ?? (none.length > 0 ? '' : undefined);
  const change = (next: string | undefined): void => {
    const to = variants.find((variant) => variant.kind === next);
    form.change(path, to === undefined ? undefined : switchVariant(shown, to));
    form.done();
  };
  const short = options.reduce((sum, { label }) => sum + label.length, 0) <= SEGMENTS_TEXT_MAX;
  return (
    <>
      {options.length <= SEGMENTS_MAX && short ? (
        <Segmented label={field.meta.title} options={options} value={shownKind} onChange={change} />
      ) : (
        <Select
          id={controlId(path)}
          label={field.meta.title}
          options={options}
          value={shownKind}
          invalid={invalid}
          onChange={change}
        />
      )}
      {picked !== undefined && picked.fields.length > 0 && (
        <div className="group-body">
          <SubForm fields={picked.fields} path={path} />
        </div>
      )}
    </>
  );
}
