/** A SQL expression: coloured, marked where the check complains, with the fields and functions that fit. */
import { useLayoutEffect, useRef, useState } from 'react';
import type { TextSpan } from '../../../engine/contract/problems.ts';
import { printType } from '../../../engine/contract/types.ts';
import { t } from '../../app/strings/index.ts';
import { useUi } from '../../app/studio-context.ts';
import { controlId, useForm } from '../form/context.ts';
import type { WidgetProps } from '../form/sub-form.tsx';
import { completionsAt, tokensOf } from '../form/tokens.ts';
import { tryExpression } from '../form/try-expression.ts';
import { ProblemNotes } from '../problem-note.tsx';

export function ExpressionWidget({ field, path, value, invalid }: WidgetProps) {
  const form = useForm();
  const area = useRef<HTMLTextAreaElement>(null);
  const [caret, setCaret] = useState<number | null>(null);
  const [chosen, setChosen] = useState(0);
  /** Where the caret goes after the text was changed from outside of the text field. */
  const caretNext = useRef<number | null>(null);
  const text = typeof value === 'string' ? value : '';
  const fields = form.fields[field.meta.scope ?? 'input'];
  const { from, options } =
    caret === null
      ? { from: 0, options: [] }
      : completionsAt(
          text,
          caret,
          fields.map(({ name, type }) => ({ name, note: printType(type) })),
          form.functions,
        );
  const zone = useUi((state) => state.zone);
  const scope = field.meta.scope ?? 'input';
  const found = form.problems(path);
  // The graph's check comes to expressions only when the shape of all settings is right: here they are checked alone.
  const tried =
    text !== '' && form.known[scope]
      ? tryExpression(text, fields, field.meta.expects, form.samples[scope], zone)
      : null;
  const own = found.length === 0 ? (tried?.problems ?? []) : [];
  const bad = invalid || own.length > 0;
  const spans = [...found, ...own].flatMap((problem) => (problem.span === undefined ? [] : [problem.span]));

  useLayoutEffect(() => {
    const element = area.current;
    if (element === null) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight + 2}px`;
    if (caretNext.current !== null) {
      element.setSelectionRange(caretNext.current, caretNext.current);
      caretNext.current = null;
    }
  });

  const change = (next: string): void => form.change(path, next === '' ? undefined : next);
  const take = (index: number): void => {
    const option = options[index];
    if (option === undefined || caret === null) return;
    change(text.slice(0, from) + option.text + text.slice(caret));
    caretNext.current = from + option.text.length;
    setCaret(null);
    area.current?.focus();
  };
  const listId = `${controlId(path)}-list`;
  const opened = options.length > 0;
  return (
    <>
      <div className="expression" data-invalid={bad}>
        <div className="expression-text">
          <Painted text={text} spans={spans} fields={new Set(fields.map(({ name }) => name))} />
          <textarea
            id={controlId(path)}
            ref={area}
            rows={1}
            value={text}
            placeholder={field.meta.placeholder}
            spellCheck={false}
            autoComplete="off"
            autoCapitalize="off"
            aria-label={field.meta.title}
            aria-invalid={bad}
            role="combobox"
            aria-expanded={opened}
            aria-controls={listId}
            aria-autocomplete="list"
            onChange={(event) => {
              change(event.target.value);
              setCaret(event.target.selectionStart);
              setChosen(0);
            }}
            onKeyDown={(event) => {
              if (!opened) return;
              if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
                const by = event.key === 'ArrowDown' ? 1 : -1;
                setChosen((chosen + by + options.length) % options.length);
              } else if (event.key === 'Enter' || event.key === 'Tab') take(chosen);
              else if (event.key === 'Escape') setCaret(null);
              else return;
              event.preventDefault();
              event.stopPropagation();
            }}
            onBlur={() => {
              setCaret(null);
              form.done();
            }}
          />
        </div>
        {opened && (
          <div className="completions" id={listId} role="listbox" aria-label={t('form.completions')}>
            {options.map((option, i) => (
              // biome-ignore lint/a11y/useFocusableInteractive: the text field keeps the focus, as combo boxes do
              <div
                key={option.text}
                role="option"
                aria-selected={i === chosen}
                data-kind={option.kind}
                // Before the field loses the focus.
                onMouseDown={(event) => {
                  event.preventDefault();
                  take(i);
                }}
              >
                <span className="mono">{option.text}</span>
                <small>{option.note}</small>
              </div>
            ))}
          </div>
        )}
        {tried?.value !== undefined && tried.value !== null && (
          <div className="expression-value">
            <span>{t('form.onLast')}</span>
            <b className="num">
              {tried.value.record === '' ? '' : `${tried.value.record} → `}
              {tried.value.result}
            </b>
          </div>
        )}
      </div>
      <ProblemNotes problems={own} />
    </>
  );
}

/** The same text behind the field, in colours; the field's own text is transparent. */
function Painted({
  text,
  spans,
  fields,
}: {
  text: string;
  spans: readonly TextSpan[];
  fields: ReadonlySet<string>;
}) {
  const wrong = (at: number): boolean =>
    spans.some((span) => at >= span.from && at < Math.max(span.to, span.from + 1));
  // Tokens are cut where a marked span begins or ends.
  const cuts = spans.flatMap((span) => [span.from, Math.max(span.to, span.from + 1)]);
  const parts = tokensOf(text, fields).flatMap((token) => {
    const inside = cuts.filter((cut) => cut > token.from && cut < token.to);
    const bounds = [token.from, ...inside.toSorted((a, b) => a - b), token.to];
    return bounds.slice(1).map((to, i) => ({ kind: token.kind, from: bounds[i] ?? 0, to }));
  });
  const beyond = spans.some((span) => span.from >= text.length);
  return (
    <pre aria-hidden="true">
      {parts.map((part) => (
        <span key={`${part.from}-${part.to}`} data-kind={part.kind} data-wrong={wrong(part.from)}>
          {text.slice(part.from, part.to)}
        </span>
      ))}
      {beyond && text !== '' && <span data-wrong="true"> </span>}
      {'\u200b'}
    </pre>
  );
}
