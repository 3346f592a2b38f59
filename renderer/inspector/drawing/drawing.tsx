/** The picture that a setting declares (`SettingMeta.drawing`), from the settings that stand beside it. */
import type { ComponentType } from 'react';
import type { SettingMeta } from '../../../engine/contract/spec.ts';
import { useForm } from '../form/context.ts';
import type { FormField } from '../form/model.ts';
import { isRecord, type Path } from '../form/values.ts';
import { FrameDrawing } from './frame-drawing.tsx';
import { IntervalDrawing } from './interval-drawing.tsx';
import { AssignmentDrawing, WindowDrawing } from './window-drawing.tsx';

const DRAWINGS: Readonly<
  Record<NonNullable<SettingMeta['drawing']>, ComponentType<{ settings: Readonly<Record<string, unknown>> }>>
> = {
  window: WindowDrawing,
  assignment: AssignmentDrawing,
  interval: IntervalDrawing,
  frame: FrameDrawing,
};

/** @param fields the settings of one object, which stands at `path` */
export function Drawing({
  kind,
  fields,
  path,
}: {
  kind: NonNullable<SettingMeta['drawing']>;
  fields: readonly FormField[];
  path: Path;
}) {
  const value = useForm().value(path);
  const set = isRecord(value) ? value : {};
  const Kind = DRAWINGS[kind];
  // What is left out is what its default says.
  const fallbacks = fields.flatMap(({ key, fallback }) =>
    fallback === undefined ? [] : [[key, fallback] as const],
  );
  return <Kind settings={{ ...Object.fromEntries(fallbacks), ...set }} />;
}
