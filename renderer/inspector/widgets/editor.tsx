/** A text field that shows its text in colours, marks what is wrong in it, and offers what fits at the caret. */
import { type KeyboardEvent, type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import type { TextSpan } from '../../../engine/contract/problems.ts';
import { t } from '../../app/strings/index.ts';
import type { Completion, Token } from '../form/tokens.ts';

export interface EditorProps {
  readonly id: string;
  readonly label: string;
  readonly text: string;
  readonly placeholder: string | undefined;
  readonly invalid: boolean;
  readonly spans: readonly TextSpan[];
  tokens(text: string): readonly Token[];
  complete(text: string, caret: number): { readonly from: number; readonly options: readonly Completion[] };
  onChange(text: string): void;
  onDone(): void;
  /** Several lines with numbers; Tab and Enter indent. */
  readonly code?: boolean;
  /** What the text may name: a field that is clicked elsewhere goes into the focused editor of this scope. */
  readonly scope?: string;
  /** Within the frame, below the text. */
  readonly children?: ReactNode;
}

const NOTHING = { from: 0, options: [] } as const;

export function Editor(props: EditorProps) {
  const { id, text, code = false, complete, onChange } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  const [caret, setCaret] = useState<number | null>(null);
  const [chosen, setChosen] = useState(0);
  /** Where the caret goes after the text was changed from outside of the text field. */
  const caretNext = useRef<number | null>(null);
  const { from, options } = caret === null ? NOTHING : complete(text, caret);
  const opened = options.length > 0;

  useLayoutEffect(() => {
    if (caretNext.current === null) return;
    area.current?.setSelectionRange(caretNext.current, caretNext.current);
    caretNext.current = null;
  });

  const replace = (start: number, end: number, by: string): void => {
    onChange(text.slice(0, start) + by + text.slice(end));
    caretNext.current = start + by.length;
    setCaret(null);
    area.current?.focus();
  };
  const take = (index: number): void => {
    const option = options[index];
    if (option !== undefined && caret !== null) replace(from, caret, option.text);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (opened && pick(event)) return;
    if (code) indent(event, text, replace);
  };
  const pick = (event: KeyboardEvent): boolean => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const by = event.key === 'ArrowDown' ? 1 : -1;
      setChosen((chosen + by + options.length) % options.length);
    } else if (event.key === 'Enter' || event.key === 'Tab') take(chosen);
    else if (event.key === 'Escape') setCaret(null);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  const listId = `${id}-list`;
  return (
    <div className="expression" data-invalid={props.invalid} data-code={code}>
      <div className="expression-text">
        {code && <LineNumbers count={text.split('\n').length} />}
        <div className="expression-stack">
          <Painted text={text} spans={props.spans} tokens={props.tokens(text)} />
          <textarea
            id={id}
            ref={area}
            rows={1}
            value={text}
            placeholder={props.placeholder}
            spellCheck={false}
            autoComplete="off"
            autoCapitalize="off"
            aria-label={props.label}
            aria-invalid={props.invalid}
            aria-controls={opened ? listId : undefined}
            aria-autocomplete="list"
            data-scope={props.scope}
            onChange={(event) => {
              onChange(event.target.value);
              setCaret(event.target.selectionStart);
              setChosen(0);
            }}
            onKeyDown={onKeyDown}
            onBlur={() => {
              setCaret(null);
              props.onDone();
            }}
          />
        </div>
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
      {props.children}
    </div>
  );
}

/** Tab indents, and Shift+Tab still leaves; Enter begins a line where the one above began. */
function indent(
  event: KeyboardEvent<HTMLTextAreaElement>,
  text: string,
  replace: (start: number, end: number, by: string) => void,
): void {
  const { selectionStart, selectionEnd } = event.currentTarget;
  const line = text.slice(text.lastIndexOf('\n', selectionStart - 1) + 1, selectionStart);
  const plain = !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (event.key === 'Tab' && plain) replace(selectionStart, selectionEnd, '  ');
  else if (event.key === 'Enter' && plain) {
    const deeper = /[{([]\s*$/.test(line) ? '  ' : '';
    replace(selectionStart, selectionEnd, `\n${/^\s*/.exec(line)?.[0] ?? ''}${deeper}`);
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

function LineNumbers({ count }: { count: number }) {
  return (
    <div className="expression-lines num" aria-hidden="true">
      {Array.from({ length: count }, (_, i) => i + 1).join('\n')}
    </div>
  );
}

/** The same text behind the field, in colours; the field's own text is transparent. */
function Painted({
  text,
  spans,
  tokens,
}: {
  text: string;
  spans: readonly TextSpan[];
  tokens: readonly Token[];
}) {
  const wrong = (at: number): boolean =>
    spans.some((span) => at >= span.from && at < Math.max(span.to, span.from + 1));
  // Tokens are cut where a marked span begins or ends.
  const cuts = spans.flatMap((span) => [span.from, Math.max(span.to, span.from + 1)]);
  const parts = tokens.flatMap((token) => {
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
