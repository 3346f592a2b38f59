/** A program: in colours, with line numbers; Tab and Enter indent. */
import { codeTokens } from '../form/code-tokens.ts';
import { controlId, useForm } from '../form/context.ts';
import type { WidgetProps } from '../form/sub-form.tsx';
import { Editor } from './editor.tsx';

/** Names in a program are of all kinds: none is offered. */
const nothing = (_: string, caret: number) => ({ from: caret, options: [] });

export function CodeWidget({ field, path, value, invalid }: WidgetProps) {
  const form = useForm();
  return (
    <Editor
      id={controlId(path)}
      label={field.meta.title}
      text={typeof value === 'string' ? value : ''}
      placeholder={field.meta.placeholder}
      invalid={invalid}
      spans={form.problems(path).flatMap(({ span }) => (span === undefined ? [] : [span]))}
      tokens={codeTokens}
      complete={nothing}
      onChange={(next) => form.change(path, next === '' ? undefined : next)}
      onDone={form.done}
      code
    />
  );
}
