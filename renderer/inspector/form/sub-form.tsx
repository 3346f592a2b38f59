/** Settings inside of a setting. The list itself comes by context: widgets and the form would import each other. */
import { useForm } from './context.ts';
import type { FormField } from './model.ts';
import type { Path } from './values.ts';

export interface WidgetProps {
  readonly field: FormField;
  readonly path: Path;
  readonly value: unknown;
  readonly invalid: boolean;
}

export function SubForm({ fields, path }: { fields: readonly FormField[]; path: Path }) {
  const { FieldList } = useForm();
  return <FieldList fields={fields} path={path} />;
}
