/** Pairs of fields, one of each side: the fields of both sides, with a line for each pair, then the pairs as a list. */
import type { Field } from '../../../engine/contract/types.ts';
import { printType } from '../../../engine/contract/types.ts';
import { t } from '../../app/strings/index.ts';
import { useForm } from '../form/context.ts';
import type { FormField } from '../form/model.ts';
import { linesOf, pickField, sidesOf } from '../form/pairs.ts';
import { sideName } from '../form/scopes.ts';
import type { WidgetProps } from '../form/sub-form.tsx';
import { isRecord, type Path } from '../form/values.ts';
import { ListWidget } from './list.tsx';

/** Height of a field's line and of the heads, px; the lines between are drawn by it. */
const LINE = 22;
const BETWEEN = 36;

export function PairsWidget(props: WidgetProps) {
  const { shape } = props.field;
  const sides = shape.kind === 'list' ? sidesOf(shape.item) : null;
  return (
    <ListWidget
      {...props}
      above={sides === null ? null : <Sides sides={sides} path={props.path} value={props.value} />}
    />
  );
}

function Sides({
  sides,
  path,
  value,
}: {
  sides: readonly [FormField, FormField];
  path: Path;
  value: unknown;
}) {
  const form = useForm();
  const pairs: readonly unknown[] = Array.isArray(value) ? value : [];
  const [left, right] = sides.map((side) => ({
    key: side.key,
    title: side.meta.title,
    scope: side.meta.scope ?? 'input',
    fields: form.fields[side.meta.scope ?? 'input'],
  })) as [Side, Side];
  const lines = linesOf(pairs, [namesOf(left), namesOf(right)]);
  const height = Math.max(left.fields.length, right.fields.length, 1) * LINE;
  const wrong = (pair: number): boolean =>
    sides.some(({ key }) => form.problems([...path, pair, key]).length > 0) ||
    form.problems([...path, pair]).length > 0;
  const pick = (side: Side, name: string): void => {
    // The left side is the left input; the other one is called right in conditions, whatever it is.
    if (insertIntoCondition(sideName(side === left ? 'left' : 'right', name))) return;
    form.change(path, pickField(pairs, side.key, name));
    form.done();
  };
  const joined = (side: Side): ReadonlySet<unknown> =>
    new Set(pairs.map((pair) => (isRecord(pair) ? pair[side.key] : undefined)));
  return (
    <div className="pairs">
      <div className="pairs-box">
        <SideList side={left} known={form.known[left.scope]} joined={joined(left)} onPick={pick} />
        <svg width={BETWEEN} height={height + LINE} aria-hidden="true">
          {lines.map(({ pair, from, to }) => {
            const [y1, y2] = [from, to].map((line) => (line + 1.5) * LINE) as [number, number];
            return (
              <path
                key={pair}
                data-wrong={wrong(pair)}
                d={`M0 ${y1}C${BETWEEN / 2} ${y1} ${BETWEEN / 2} ${y2} ${BETWEEN} ${y2}`}
              />
            );
          })}
        </svg>
        <SideList side={right} known={form.known[right.scope]} joined={joined(right)} onPick={pick} />
      </div>
      {form.known[left.scope] && form.known[right.scope] && (
        <p className="field-hint">{t('form.pairHint')}</p>
      )}
    </div>
  );
}

interface Side {
  readonly key: string;
  readonly title: string;
  readonly scope: NonNullable<FormField['meta']['scope']>;
  readonly fields: readonly Field[];
}

const namesOf = ({ key, fields }: Side) => ({ key, names: fields.map(({ name }) => name) });

/** By keyboard the same is chosen in the list below. */
function SideList({
  side,
  known,
  joined,
  onPick,
}: {
  side: Side;
  known: boolean;
  joined: ReadonlySet<unknown>;
  onPick: (side: Side, name: string) => void;
}) {
  return (
    <div className="pairs-side">
      <span className="faint">{side.title}</span>
      {!known && (
        <p className="faint">{t(side.scope === 'self' ? 'form.tableUnknown' : 'form.sideUnknown')}</p>
      )}
      {side.fields.map(({ name, type }) => (
        <button
          key={name}
          type="button"
          tabIndex={-1}
          data-joined={joined.has(name)}
          title={`${name} ${printType(type)}`}
          // A condition that is being written keeps the focus.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onPick(side, name)}
        >
          <span>{name}</span>
          <small>{printType(type)}</small>
        </button>
      ))}
    </div>
  );
}

/** Puts a name at the caret of the condition over both sides that has the focus; false where none has. */
function insertIntoCondition(text: string): boolean {
  const field = document.activeElement;
  if (!(field instanceof HTMLTextAreaElement) || field.dataset['scope'] !== 'both') return false;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  return true;
}
