/** What a document asks of its runs: a guarantee, checkpoints, restarts, a ledger. */
import { useId } from 'react';
import { CHECKPOINT_DEFAULTS, type Guarantee, zGuarantee } from '../../../engine/contract/document.ts';
import { zDuration, zPositiveDuration } from '../../../engine/contract/settings.ts';
import { asksForCheckpoints } from '../../../engine/plan/guarantees.ts';
import { type TextKey, t } from '../../app/strings/index.ts';
import { useDocument } from '../../app/studio-context.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { Select } from '../../ui/select.tsx';
import { Switch } from '../../ui/switch.tsx';
import type { Path } from '../form/values.ts';
import { DraftField, Field } from './draft-field.tsx';
import { sentence } from './fault-shapes.ts';
import { type Settings, useSettings } from './use-settings.ts';

export function SafetyForm() {
  const form = useSettings();
  const id = useId();
  const { guarantee, checkpoints } = form.settings;
  return (
    <section className="section" aria-label={t('settings.safety')}>
      <h2 className="section-title">{t('settings.safety')}</h2>
      <div className="field-grid">
        <Field
          label={t('settings.guarantee')}
          id={`${id}guarantee`}
          {...(guarantee === undefined ? {} : { hint: t(`settings.guarantee.${guarantee}`) })}
        >
          <Select
            id={`${id}guarantee`}
            label={t('settings.guarantee')}
            options={zGuarantee.options.map((value) => ({ value, label: t(`guarantee.${value}`) }))}
            value={guarantee}
            empty={t('settings.guaranteeNone')}
            onChange={(value) => {
              form.set(['guarantee'], value as Guarantee | undefined);
              form.done();
            }}
          />
        </Field>
        <div className="field">
          <span className="switch-line">
            <Switch
              label={t('settings.checkpoints')}
              checked={checkpoints !== undefined}
              onChange={(on) => {
                form.set(['checkpoints'], on ? {} : undefined);
                form.done();
              }}
            />
            <span>{t('settings.checkpoints')}</span>
          </span>
          {checkpoints === undefined && asksForCheckpoints(form.settings) && (
            <p className="field-hint">
              {t('settings.checkpointsAsked', { every: CHECKPOINT_DEFAULTS.every })}
            </p>
          )}
        </div>
        {checkpoints !== undefined && <CheckpointFields form={form} />}
        <RestartFields form={form} />
        <LedgerField form={form} />
      </div>
    </section>
  );
}

function CheckpointFields({ form }: { form: Settings }) {
  const own = form.settings.checkpoints ?? {};
  return (
    <>
      <Duration form={form} path={['checkpoints', 'every']} label="settings.every" value={own.every} />
      <Duration
        form={form}
        path={['checkpoints', 'minPause']}
        label="settings.minPause"
        value={own.minPause}
      />
      <Duration form={form} path={['checkpoints', 'timeout']} label="settings.timeout" value={own.timeout} />
      <Whole form={form} path={['checkpoints', 'keep']} label="settings.keep" value={own.keep} min={1} />
      <Whole
        form={form}
        path={['checkpoints', 'tolerableFailures']}
        label="settings.tolerable"
        value={own.tolerableFailures}
        min={0}
        half={false}
      />
      <div className="field">
        <span className="switch-line">
          <Switch
            label={t('settings.unaligned')}
            checked={own.unaligned ?? false}
            onChange={(on) => {
              const { unaligned: _, alignedTimeout: __, ...aligned } = own;
              form.set(['checkpoints'], on ? { ...aligned, unaligned: true } : aligned);
              form.done();
            }}
          />
          <span>{t('settings.unaligned')}</span>
        </span>
        {own.unaligned === true && <p className="field-hint">{t('settings.unalignedHint')}</p>}
      </div>
      {own.unaligned === true && (
        <Duration
          form={form}
          path={['checkpoints', 'alignedTimeout']}
          label="settings.alignedTimeout"
          value={own.alignedTimeout}
        />
      )}
    </>
  );
}

const RESTARTS = {
  none: undefined,
  'fixed-delay': { strategy: 'fixed-delay', attempts: 5, delay: '1 s' },
  'exponential-delay': { strategy: 'exponential-delay', attempts: 10, delay: '1 s', maxDelay: '1 min' },
} as const;

function RestartFields({ form }: { form: Settings }) {
  const { restart } = form.settings;
  const strategy = restart?.strategy ?? 'none';
  return (
    <>
      <Field label={t('settings.restart')}>
        <Segmented
          label={t('settings.restart')}
          options={Object.keys(RESTARTS).map((value) => ({
            value,
            label: t(`settings.restart.${value}` as TextKey),
          }))}
          value={strategy}
          onChange={(value) => {
            form.set(['restart'], RESTARTS[value as keyof typeof RESTARTS]);
            form.done();
          }}
        />
      </Field>
      {restart !== undefined && restart.strategy !== 'none' && (
        <>
          <Whole
            form={form}
            path={['restart', 'attempts']}
            label="settings.attempts"
            value={restart.attempts}
            min={1}
            max={1_000_000}
            required
          />
          <Duration
            form={form}
            path={['restart', 'delay']}
            label={restart.strategy === 'fixed-delay' ? 'settings.delay' : 'settings.firstDelay'}
            value={restart.delay}
            required
          />
          {restart.strategy === 'exponential-delay' && (
            <Duration
              form={form}
              path={['restart', 'maxDelay']}
              label="settings.maxDelay"
              value={restart.maxDelay}
              required
            />
          )}
        </>
      )}
    </>
  );
}

/** Of the whole numbers that sources give. */
function LedgerField({ form }: { form: Settings }) {
  const id = useId();
  const graph = useDocument((state) => state.graph);
  const names = [...graph.nodes.values()]
    .filter(({ spec }) => spec.kind === 'source')
    .flatMap(({ outputs }) => outputs['out']?.fields ?? [])
    .filter(({ type }) => type.kind === 'INT' || type.kind === 'BIGINT')
    .map(({ name }) => name);
  return (
    <Field label={t('settings.ledger')} id={`${id}ledger`} hint={t('settings.ledgerHint')}>
      <Select
        id={`${id}ledger`}
        label={t('settings.ledger')}
        options={[...new Set(names)].map((value) => ({ value, label: value }))}
        value={form.settings.ledger}
        empty={t('settings.ledgerNone')}
        gone={t('settings.ledgerGone')}
        onChange={(value) => {
          form.set(['ledger'], value);
          form.done();
        }}
      />
    </Field>
  );
}

type DefaultKey = keyof typeof CHECKPOINT_DEFAULTS;
const defaultOf = (path: Path): string => String(CHECKPOINT_DEFAULTS[path.at(-1) as DefaultKey] ?? '');
/** Those that may be nothing. */
const MAY_BE_ZERO: ReadonlySet<unknown> = new Set(['minPause', 'alignedTimeout']);

function Duration({
  form,
  path,
  label,
  value,
  required = false,
}: {
  form: Settings;
  path: Path;
  label: TextKey;
  value: string | undefined;
  required?: boolean;
}) {
  const mayBeZero = MAY_BE_ZERO.has(path.at(-1)) || label === 'settings.delay';
  const schema = mayBeZero ? zDuration : zPositiveDuration;
  return (
    <DraftField
      label={t(label)}
      value={value ?? ''}
      placeholder={required ? '' : defaultOf(path)}
      take={(text) => {
        const parsed = schema.safeParse(text);
        if (text === '' && !required) form.set(path, undefined);
        else if (parsed.success) form.set(path, text);
        else return sentence(parsed.error.issues[0]?.message);
        return null;
      }}
      onDone={form.done}
    />
  );
}

function Whole({
  form,
  path,
  label,
  value,
  min,
  max = 1000,
  required = false,
  half = true,
}: {
  form: Settings;
  path: Path;
  label: TextKey;
  value: number | undefined;
  min: number;
  max?: number;
  required?: boolean;
  half?: boolean;
}) {
  return (
    <DraftField
      label={t(label)}
      value={value === undefined ? '' : String(value)}
      placeholder={required ? '' : defaultOf(path)}
      numeric
      half={half}
      take={(text) => {
        if (text === '' && !required) {
          form.set(path, undefined);
          return null;
        }
        const number = Number(text);
        if (text === '' || !Number.isInteger(number) || number < min || number > max)
          return t('settings.whole', { min, max });
        form.set(path, number);
        return null;
      }}
      onDone={form.done}
    />
  );
}
