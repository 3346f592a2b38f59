/** The fields that a source reads: name and type, and where they come from. */
import { useState } from 'react';
import { type Problem, printPath } from '../../../engine/contract/problems.ts';
import { parseType } from '../../../engine/contract/types.ts';
import { t } from '../../app/strings/index.ts';
import { Select } from '../../ui/select.tsx';
import { Switch } from '../../ui/switch.tsx';
import { useForm } from '../form/context.ts';
import type { WidgetProps } from '../form/sub-form.tsx';
import { isRecord, type Path } from '../form/values.ts';
import { ProblemNotes } from '../problem-note.tsx';
import { Tool } from './list.tsx';

/** Types to pick from; those with parameters are beginnings, which are written out under ⋯. */
const TYPE_OPTIONS = [
  'BOOLEAN',
  'INT',
  'BIGINT',
  'DOUBLE',
  'DECIMAL(10, 2)',
  'STRING',
  'BYTES',
  'TIMESTAMP',
  'ARRAY<STRING>',
  'ROW<name STRING>',
].map((type) => ({ value: type, label: type }));

export function SchemaWidget({ field, path, value }: WidgetProps) {
  const form = useForm();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<readonly Problem[]>([]);
  const [open, setOpen] = useState<number | null>(null);
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  const set = (next: readonly unknown[]): void => {
    form.change(path, next.length === 0 ? undefined : next);
    form.done();
  };
  const { infer } = form;
  const press = async (): Promise<void> => {
    if (infer === null) return;
    setBusy(true);
    setFailure(await infer());
    setBusy(false);
  };
  return (
    <>
      <div className="field-label">
        <span title={field.meta.description}>{field.meta.title}</span>
        {infer !== null && (
          <button
            type="button"
            className="btn small"
            title={t('schema.inferHint')}
            disabled={busy}
            onClick={() => void press()}
          >
            {t(busy ? 'schema.inferring' : 'schema.infer')}
          </button>
        )}
      </div>
      <ProblemNotes problems={failure} />
      {items.length === 0 ? (
        <p className="faint">
          {!field.required && field.meta.placeholder !== undefined
            ? t('form.default', { value: field.meta.placeholder })
            : t(infer === null ? 'schema.emptyPlain' : 'schema.empty')}
        </p>
      ) : (
        <ol className="schema">
          {items.map((item, i) => (
            <SchemaRow
              // biome-ignore lint/suspicious/noArrayIndexKey: fields have no identity but their place
              key={i}
              index={i}
              item={isRecord(item) ? item : {}}
              path={[...path, i]}
              open={open === i}
              toggle={() => setOpen(open === i ? null : i)}
              remove={() => set(items.filter((_, k) => k !== i))}
            />
          ))}
        </ol>
      )}
      <button type="button" className="link" onClick={() => set([...items, { name: '', type: 'STRING' }])}>
        + {t('schema.add')}
      </button>
      <ProblemNotes problems={form.problems(path)} />
    </>
  );
}

function SchemaRow({
  index,
  item,
  path,
  open,
  toggle,
  remove,
}: {
  index: number;
  item: Readonly<Record<string, unknown>>;
  path: Path;
  open: boolean;
  toggle: () => void;
  remove: () => void;
}) {
  const form = useForm();
  const text = (key: string): string => (typeof item[key] === 'string' ? item[key] : '');
  const change = (key: string, next: string): void =>
    form.change([...path, key], next === '' && key !== 'name' ? undefined : next);
  const input = (key: 'type' | 'from' | 'format', label: string, placeholder: string) => (
    <label className="field" data-half="true">
      <span className="field-label">{label}</span>
      <input
        className="input mono"
        value={text(key)}
        placeholder={placeholder}
        spellCheck={false}
        onChange={(event) => change(key, event.target.value)}
        onBlur={form.done}
      />
    </label>
  );
  const type = text('type');
  const known = TYPE_OPTIONS.some((option) => option.value === type);
  const options =
    known || type === '' || parseType(type) === null
      ? TYPE_OPTIONS
      : [...TYPE_OPTIONS, { value: type, label: type }];
  const number = index + 1;
  return (
    <li className="schema-row" data-at={printPath(path)}>
      <div className="schema-line">
        <input
          className="input mono"
          aria-label={t('schema.fieldName', { number })}
          value={text('name')}
          spellCheck={false}
          onChange={(event) => change('name', event.target.value)}
          onBlur={form.done}
        />
        <Select
          label={t('schema.fieldType', { number })}
          options={options}
          value={type === '' ? undefined : type}
          onChange={(next) => {
            change('type', next ?? '');
            form.done();
          }}
        />
        <button
          type="button"
          className="tool"
          aria-expanded={open}
          data-set={text('from') !== '' || text('format') !== ''}
          title={[text('from'), text('format')].filter((part) => part !== '').join(' · ') || undefined}
          aria-label={t('schema.more', { name: text('name') })}
          onClick={toggle}
        >
          ⋯
        </button>
        <Tool label={t('form.remove')} sign="×" act={remove} />
      </div>
      {open && (
        <div className="field-grid schema-more">
          {input('type', t('schema.type'), 'DECIMAL(10, 2)')}
          {input('from', t('schema.from'), t('schema.fromHint'))}
          {input('format', t('schema.format'), t('schema.formatHint'))}
          <span className="switch-line">
            <Switch
              label={t('schema.nullable')}
              checked={item['nullable'] !== false}
              onChange={(next) => {
                form.change([...path, 'nullable'], next ? undefined : false);
                form.done();
              }}
            />
            {t('schema.nullable')}
          </span>
        </div>
      )}
    </li>
  );
}
