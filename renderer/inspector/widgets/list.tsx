import type { ReactNode } from 'react';
import { t } from '../../app/strings/index.ts';
import { useForm } from '../form/context.ts';
import { SubForm, type WidgetProps } from '../form/sub-form.tsx';
import { blankOf, moved } from '../form/values.ts';

/** A list of objects: each a small form of its own that can be moved and removed. */
export function ListWidget({ field, path, value, above }: WidgetProps & { readonly above?: ReactNode }) {
  const form = useForm();
  if (field.shape.kind !== 'list') return null;
  const { item, max } = field.shape;
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  const set = (next: readonly unknown[]): void => {
    // An optional list that became empty is left out.
    form.change(path, next.length === 0 && !field.required ? undefined : next);
    form.done();
  };
  return (
    <>
      <div className="field-label">
        <span title={field.meta.description}>{field.meta.title}</span>
        <button
          type="button"
          className="link"
          disabled={items.length >= max}
          onClick={() => set([...items, blankOf(item)])}
        >
          + {t('form.add')}
        </button>
      </div>
      {field.meta.description !== undefined && <p className="field-hint">{field.meta.description}</p>}
      {above}
      {items.length === 0 && above === undefined && <p className="faint">{t('form.emptyList')}</p>}
      <ol className="items">
        {items.map((_, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: items have no identity but their place
          <li key={i} className="item">
            <div className="item-body">
              <SubForm fields={item} path={[...path, i]} />
            </div>
            <div className="item-tools">
              {items.length > 1 && (
                <>
                  <Tool
                    label={t('form.up')}
                    sign="↑"
                    disabled={i === 0}
                    act={() => set(moved(items, i, -1))}
                  />
                  <Tool
                    label={t('form.down')}
                    sign="↓"
                    disabled={i === items.length - 1}
                    act={() => set(moved(items, i, 1))}
                  />
                </>
              )}
              <Tool label={t('form.remove')} sign="×" act={() => set(items.filter((__, k) => k !== i))} />
            </div>
          </li>
        ))}
      </ol>
    </>
  );
}

export function Tool({
  label,
  sign,
  disabled = false,
  act,
}: {
  label: string;
  sign: string;
  disabled?: boolean;
  act: () => void;
}) {
  return (
    <button type="button" className="tool" aria-label={label} title={label} disabled={disabled} onClick={act}>
      {sign}
    </button>
  );
}
