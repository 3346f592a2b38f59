/** Failures that are injected into every run of the document, each with the sentence that says what it does. */
import { useId } from 'react';
import { type Fault, zChaos } from '../../../engine/contract/chaos.ts';
import type { Problem } from '../../../engine/contract/problems.ts';
import { t } from '../../app/strings/index.ts';
import { useDocument } from '../../app/studio-context.ts';
import { faultSentence } from '../../canvas/fault-text.ts';
import { nodeName } from '../../canvas/node-name.ts';
import { Select } from '../../ui/select.tsx';
import { ProblemNotes } from '../problem-note.tsx';
import { Tool } from '../widgets/list.tsx';
import { DraftField, Field } from './draft-field.tsx';
import { FAULT_SHAPES, type FaultField, newFault, nodesFor, shapeOf, withValue } from './fault-shapes.ts';
import { useSettings } from './use-settings.ts';

export function FaultsForm() {
  const form = useSettings();
  const graph = useDocument((state) => state.graph);
  const { faults = [], seed } = form.settings.chaos ?? {};
  const problems = useDocument((state) => state.graph.problems).filter(isOfFaults);
  const setFaults = (next: readonly Fault[]): void => {
    form.set(['chaos'], next.length === 0 ? undefined : { ...form.settings.chaos, faults: next });
    form.done();
  };
  const offered = FAULT_SHAPES.filter((shape) => newFault(graph, shape) !== null);
  return (
    <section className="section" aria-label={t('faults.title')}>
      <h2 className="section-title">{t('faults.title')}</h2>
      <p className="field-hint">{t('faults.text')}</p>
      {faults.length > 0 && (
        <ol className="items faults">
          {faults.map((fault, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: faults have no identity but their place
            <li key={`${i} ${shapeOf(fault)?.id}`} className="item">
              <div className="item-body">
                <FaultItem
                  fault={fault}
                  change={(next) => form.set(['chaos', 'faults', i], next)}
                  done={form.done}
                />
              </div>
              <div className="item-tools">
                <Tool
                  label={t('faults.remove')}
                  sign="×"
                  act={() => setFaults(faults.filter((_, k) => k !== i))}
                />
              </div>
            </li>
          ))}
        </ol>
      )}
      <ProblemNotes problems={problems} />
      <div className="field-grid fault-add">
        <div className="field" data-half={faults.length > 0}>
          <Select
            label={t('faults.add')}
            options={offered.map(({ id, label }) => ({ value: id, label: t(label) }))}
            value={undefined}
            empty={t('faults.add')}
            onChange={(id) => {
              const shape = offered.find((one) => one.id === id);
              const fault = shape === undefined ? null : newFault(graph, shape);
              if (fault !== null) setFaults([...faults, fault]);
            }}
          />
        </div>
        {faults.length > 0 && (
          <DraftField
            label={t('faults.seed')}
            value={seed === undefined ? '' : String(seed)}
            placeholder={t('faults.seedHint')}
            numeric
            take={(text) => {
              const next = text === '' ? undefined : Number(text);
              if (next !== undefined && !zChaos.shape.seed.safeParse(next).success)
                return t('settings.whole', { min: 0, max: 0xffff_ffff });
              form.set(['chaos', 'seed'], next);
              return null;
            }}
            onDone={form.done}
          />
        )}
      </div>
    </section>
  );
}

export const isOfFaults = ({ path }: Problem): boolean => path[0] === 'settings' && path[1] === 'chaos';

function FaultItem({
  fault,
  change,
  done,
}: {
  fault: Fault;
  change: (next: Fault) => void;
  done: () => void;
}) {
  const document = useDocument((state) => state.document);
  const shape = shapeOf(fault);
  if (shape === undefined) return null;
  return (
    <>
      <b>{t(shape.label)}</b>
      <p className="fault-sentence">{faultSentence(document, fault)}</p>
      <div className="field-grid">
        {shape.fields.map((field) => (
          <FaultInput key={field.key} field={field} fault={fault} change={change} done={done} />
        ))}
      </div>
    </>
  );
}

function FaultInput({
  field,
  fault,
  change,
  done,
}: {
  field: FaultField;
  fault: Fault;
  change: (next: Fault) => void;
  done: () => void;
}) {
  const id = useId();
  const graph = useDocument((state) => state.graph);
  const value = (fault as Readonly<Record<string, unknown>>)[field.key];
  const take = (next: unknown): string | null => {
    const made = withValue(fault, field.key, next);
    if ('reason' in made) return made.reason;
    change(made.fault);
    return null;
  };
  if (field.type === 'node')
    return (
      <Field label={t(field.label)} id={id} half>
        <Select
          id={id}
          label={t(field.label)}
          options={nodesFor(graph, field).map((node) => ({
            value: node,
            label: nodeName(graph.document, node),
          }))}
          value={typeof value === 'string' ? value : undefined}
          gone={t('faults.gone')}
          onChange={(node) => {
            take(node);
            done();
          }}
        />
      </Field>
    );
  return (
    <DraftField
      label={t(field.label)}
      value={value === undefined ? '' : String(value)}
      {...(field.empty === undefined ? {} : { placeholder: t(field.empty) })}
      numeric={field.type === 'number'}
      take={(text) =>
        take(
          text === '' && field.empty !== undefined
            ? undefined
            : field.type === 'number' && text !== ''
              ? Number(text)
              : text,
        )
      }
      onDone={done}
    />
  );
}
