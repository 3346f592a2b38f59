/** One setting: its label, the control that its widget names, and what is wrong with it. */
import { type ComponentType, Fragment } from 'react';
import type { Widget } from '../../../engine/contract/spec.ts';
import { t } from '../../app/strings/index.ts';
import { Drawing } from '../drawing/drawing.tsx';
import { ProblemNotes } from '../problem-note.tsx';
import {
  DurationWidget,
  NumberWidget,
  SegmentedWidget,
  SelectWidget,
  SwitchWidget,
  TextWidget,
} from '../widgets/basic.tsx';
import { CodeWidget } from '../widgets/code.tsx';
import { ConnectionWidget, PlaceWidget } from '../widgets/connection.tsx';
import { ExpressionWidget } from '../widgets/expression.tsx';
import { FieldsWidget, FieldWidget } from '../widgets/field-names.tsx';
import { GroupWidget } from '../widgets/group.tsx';
import { ListWidget } from '../widgets/list.tsx';
import { PairsWidget } from '../widgets/pairs.tsx';
import { PatternWidget, VariableWidget } from '../widgets/pattern.tsx';
import { RowsWidget } from '../widgets/rows.tsx';
import { SchemaWidget } from '../widgets/schema.tsx';
import { VariantsWidget } from '../widgets/variants.tsx';
import { controlId, useForm } from './context.ts';
import { type FormField, linesOf, sectionsOf } from './model.ts';
import type { WidgetProps } from './sub-form.tsx';
import { type Path, pathKeyOf } from './values.ts';

const WIDGETS: Readonly<Record<Widget, ComponentType<WidgetProps>>> = {
  text: TextWidget,
  path: TextWidget,
  connection: ConnectionWidget,
  place: PlaceWidget,
  multiline: TextWidget,
  number: NumberWidget,
  switch: SwitchWidget,
  select: SelectWidget,
  segmented: SegmentedWidget,
  duration: DurationWidget,
  expression: ExpressionWidget,
  code: CodeWidget,
  pattern: PatternWidget,
  variable: VariableWidget,
  field: FieldWidget,
  fields: FieldsWidget,
  schema: SchemaWidget,
  list: ListWidget,
  pairs: PairsWidget,
  variants: VariantsWidget,
  group: GroupWidget,
  rows: RowsWidget,
};

/** Widgets that draw their own heading, with a control in it. */
const OWN_HEADING: ReadonlySet<Widget> = new Set<Widget>(['group', 'list', 'pairs', 'schema']);

export function FieldControl({
  field,
  path,
  half,
}: {
  field: FormField;
  path: Path;
  /** Beside another one: what is wrong with it is said below both, where there is room. */
  half: boolean;
}) {
  const form = useForm();
  const value = form.value(path);
  const problems = form.problems(path);
  const Control = WIDGETS[field.widget];
  const { title, description } = field.meta;
  return (
    <div className="field" data-path={pathKeyOf(path)} data-half={half} data-widget={field.widget}>
      {!OWN_HEADING.has(field.widget) && (
        <div className="field-label">
          <label htmlFor={controlId(path)} title={description}>
            {title}
          </label>
        </div>
      )}
      <Control field={field} path={path} value={value} invalid={problems.length > 0} />
      {description !== undefined && !OWN_HEADING.has(field.widget) && (
        <p className="field-hint">{description}</p>
      )}
      {field.widget !== 'schema' && !half && <ProblemNotes problems={problems} title={title} />}
    </div>
  );
}

/** Controls in their order; what is wrong with two that share a line stands below that line. */
function Controls({ fields, path }: { fields: readonly FormField[]; path: Path }) {
  return linesOf(fields).map((line) => (
    <Fragment key={line[0]?.key}>
      {line.map((field) => (
        <FieldControl key={field.key} field={field} path={[...path, field.key]} half={line.length > 1} />
      ))}
      {line.length > 1 &&
        line.map((field) => <LineNotes key={field.key} field={field} path={[...path, field.key]} />)}
    </Fragment>
  ));
}

function LineNotes({ field, path }: { field: FormField; path: Path }) {
  const problems = useForm().problems(path);
  return problems.length === 0 ? null : (
    <div className="field">
      <ProblemNotes problems={problems} title={field.meta.title} />
    </div>
  );
}

/** Settings of one object: what is needed often, then the rest under "more". */
export function FieldList({
  fields,
  path,
  top = false,
}: {
  fields: readonly FormField[];
  path: Path;
  top?: boolean;
}) {
  const { sections, more } = sectionsOf(fields);
  const drawings = (list: readonly FormField[]) =>
    list.flatMap(({ key, meta: { drawing } }) =>
      drawing === undefined
        ? []
        : [<Drawing key={`${key} drawing`} kind={drawing} fields={fields} path={path} />],
    );
  return (
    <>
      {sections.map((section) => (
        <div key={section[0]?.key} className={top ? 'section field-grid' : 'field-grid'}>
          <Controls fields={section} path={path} />
          {drawings(section)}
        </div>
      ))}
      {more.length > 0 && (
        <details className={top ? 'section more' : 'more'}>
          <summary>{t('inspector.more')}</summary>
          <div className="field-grid">
            <Controls fields={more} path={path} />
          </div>
        </details>
      )}
    </>
  );
}
