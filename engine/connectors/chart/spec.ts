import { z } from 'zod';
import { nearest, problem, showValue } from '../../contract/problems.ts';
import { zFieldName } from '../../contract/settings.ts';
import { ANY_IN, defineNode, type SchemaContext, setting } from '../../contract/spec.ts';
import { isNumeric, printType } from '../../contract/types.ts';

export const CHART_POINTS_MAX = 10_000;

const config = z.strictObject({
  mark: setting(z.enum(['line', 'bar']).default('line'), {
    title: 'Mark',
    widget: 'segmented',
    labels: { line: 'Line', bar: 'Bars' },
  }),
  x: setting(zFieldName, {
    title: 'Across',
    widget: 'field',
    scope: 'input',
    description: 'A time or number for a line; anything for bars',
  }),
  y: setting(z.array(zFieldName).min(1).max(8), {
    title: 'Up',
    widget: 'fields',
    scope: 'input',
    kinds: ['INT', 'BIGINT', 'DOUBLE'],
    description: 'One or more numbers',
  }),
  series: setting(zFieldName.optional(), {
    title: 'One line per',
    widget: 'field',
    scope: 'input',
    placeholder: 'nothing: all in one',
  }),
  points: setting(z.int().min(2).max(CHART_POINTS_MAX).default(3000), {
    title: 'Points to keep',
    widget: 'number',
    advanced: true,
    description: `The newest stay; at most ${CHART_POINTS_MAX}`,
  }),
});
type Config = z.output<typeof config>;

export const chartSpec = defineNode({
  type: 'chart',
  kind: 'sink',
  label: 'Chart',
  summary: 'Draws records as lines or bars in the studio.',
  description:
    'Draws one point per record under Results. A later record with the same place across (and the same series) ' +
    'takes the place of the earlier one, so that a window that fires again moves its point. The newest points ' +
    'are kept; memory stays bounded. Of an updating stream the point moves with every update, and goes with its ' +
    'delete.',
  icon: 'M2 14h12M4 12V8M8 12V4M12 12V6',
  config,
  inputs: [ANY_IN],
  outputs: [],
  stateful: false,
  protocol: 'none',
  targets: ['weir'],
  summarize: ({ mark, x, y, series }) =>
    `${mark === 'line' ? 'line' : 'bars'}: ${y.join(', ')} over ${x}${series === undefined ? '' : `, per ${series}`}`,
  schemas: (context) => {
    checkFields(context);
    return {};
  },
  examples: [
    {
      title: 'Average delay over time, a line per airport',
      config: { x: 'window_start', y: ['avg_delay'], series: 'origin' },
      fields: { origin: 'STRING', window_start: 'TIMESTAMP', avg_delay: 'DOUBLE' },
    },
    {
      title: 'Flights per airport as bars',
      config: { mark: 'bar', x: 'origin', y: ['flights'] },
      fields: { origin: 'STRING', flights: 'BIGINT' },
    },
  ],
});

/** Every named field must arrive; x of a line must have an order, and y be numbers. */
function checkFields({ config: { mark, x, y, series }, inputs, report }: SchemaContext<Config>): void {
  const input = inputs['in']?.[0];
  if (input === undefined) return;
  const check = (name: string, path: (string | number)[], fits: 'number' | 'axis' | 'any'): void => {
    const found = input.fields.find((f) => f.name === name);
    if (found === undefined) {
      const near = nearest(
        name,
        input.fields.map((f) => f.name),
      );
      report(
        problem('T-FIELD', {
          path,
          message: `The field ${showValue(name)} does not arrive here.`,
          value: showValue(name),
          expected: `one of ${input.fields.map((f) => f.name).join(', ')}`,
          next: near === null ? 'Pick a field of the input.' : `Did you mean ${near}?`,
        }),
      );
      return;
    }
    const fit =
      fits === 'any' || isNumeric(found.type) || (fits === 'axis' && found.type.kind === 'TIMESTAMP');
    if (fit) return;
    report(
      problem('T-TYPE', {
        path,
        message: `${showValue(name)} is ${printType(found.type)} and cannot be drawn there.`,
        value: `${name} ${printType(found.type)}`,
        expected: fits === 'number' ? 'a number' : 'a TIMESTAMP or a number',
        next: fits === 'number' ? 'Pick a numeric field.' : 'Pick another field, or draw bars.',
      }),
    );
  };
  check(x, ['x'], mark === 'line' ? 'axis' : 'any');
  y.forEach((name, i) => {
    check(name, ['y', i], 'number');
  });
  if (series !== undefined) check(series, ['series'], 'any');
}
