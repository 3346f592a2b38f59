/** A SQL expression: coloured, marked where the check complains, with the fields and functions that fit. */
import { t } from '../../app/strings/index.ts';
import { useUi } from '../../app/studio-context.ts';
import { controlId, useForm } from '../form/context.ts';
import type { WidgetProps } from '../form/sub-form.tsx';
import { completionsAt, tokensOf } from '../form/tokens.ts';
import { tryExpression } from '../form/try-expression.ts';
import { ProblemNotes } from '../problem-note.tsx';
import { Editor } from './editor.tsx';

export function ExpressionWidget({ field, path, value, invalid }: WidgetProps) {
  const form = useForm();
  const text = typeof value === 'string' ? value : '';
  const scope = field.meta.scope ?? 'input';
  const fields = form.fields[scope];
  const zone = useUi((state) => state.zone);
  const found = form.problems(path);
  // The graph's check comes to expressions only when the shape of all settings is right: here they are checked alone.
  const tried =
    text !== '' && form.known[scope]
      ? tryExpression(text, fields, field.meta.expects, form.samples[scope], zone)
      : null;
  const own = found.length === 0 ? (tried?.problems ?? []) : [];
  const names = scope === 'both' ? ['left', 'right'] : scope === 'pattern' ? form.variables : [];
  return (
    <>
      <Editor
        id={controlId(path)}
        label={field.meta.title}
        text={text}
        placeholder={field.meta.placeholder}
        invalid={invalid || own.length > 0}
        spans={[...found, ...own].flatMap(({ span }) => (span === undefined ? [] : [span]))}
        tokens={(shown) => tokensOf(shown, new Set(fields.map(({ name }) => name)), new Set(names))}
        complete={(typed, caret) => completionsAt(typed, caret, form.names(scope), form.functions(scope))}
        onChange={(next) => form.change(path, next === '' ? undefined : next)}
        onDone={form.done}
        scope={scope}
      >
        {tried !== null && tried.value !== null && (
          <div className="expression-value">
            <span>{t('form.onLast')}</span>
            <b className="num">
              {tried.value.record === '' ? '' : `${tried.value.record} → `}
              {tried.value.result}
            </b>
          </div>
        )}
      </Editor>
      <ProblemNotes problems={own} />
    </>
  );
}
