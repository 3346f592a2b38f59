/** A row pattern as text, checked while it is typed, and the names of its variables. */
import { parsePattern } from '../../../engine/operators/pattern/language/syntax.ts';
import { t } from '../../app/strings/index.ts';
import { Select } from '../../ui/select.tsx';
import { controlId, useForm } from '../form/context.ts';
import { patternCompletions, patternTokens } from '../form/pattern-tokens.ts';
import type { WidgetProps } from '../form/sub-form.tsx';
import { isRecord } from '../form/values.ts';
import { ProblemNotes } from '../problem-note.tsx';
import { Editor } from './editor.tsx';

export function PatternWidget({ field, path, value, invalid }: WidgetProps) {
  const form = useForm();
  const text = typeof value === 'string' ? value : '';
  const found = form.problems(path);
  const parsed = text === '' ? null : parsePattern(text);
  // The graph's check comes to the pattern only when the shape of all settings is right.
  const own = found.length === 0 && parsed !== null && !parsed.ok ? [parsed.problem] : [];
  return (
    <>
      <Editor
        id={controlId(path)}
        label={field.meta.title}
        text={text}
        placeholder={field.meta.placeholder}
        invalid={invalid || own.length > 0}
        spans={[...found, ...own].flatMap(({ span }) => (span === undefined ? [] : [span]))}
        tokens={patternTokens}
        complete={(typed, caret) => patternCompletions(typed, caret, definedNames(form.value([])))}
        onChange={(next) => form.change(path, next === '' ? undefined : next)}
        onDone={form.done}
      />
      <ProblemNotes problems={own} />
    </>
  );
}

export function VariableWidget({ field, path, value, invalid }: WidgetProps) {
  const form = useForm();
  return (
    <Select
      id={controlId(path)}
      label={field.meta.title}
      options={form.variables.map((name) => ({ value: name, label: name }))}
      value={typeof value === 'string' ? value : undefined}
      empty={t('form.choose')}
      gone={t('form.notInPattern')}
      invalid={invalid}
      onChange={(next) => {
        form.change(path, next);
        form.done();
      }}
    />
  );
}

/** Values of all settings of lists that name a variable: those that have a condition already. */
function definedNames(config: unknown): readonly string[] {
  if (!isRecord(config)) return [];
  const names = Object.values(config).flatMap((list) =>
    Array.isArray(list)
      ? list.flatMap((item) =>
          isRecord(item) && typeof item['variable'] === 'string' ? [item['variable']] : [],
        )
      : [],
  );
  return [...new Set(names)];
}
