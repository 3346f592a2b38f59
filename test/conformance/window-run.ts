/** A planned window as a pipeline: the source, the map that computes its keys, the window, and its two outputs. */

import { Unsupported } from './case.ts';
import { TIME_FIELD } from './fields.ts';
import type { Output } from './pipeline-run.ts';
import { runPipeline } from './pipeline-run.ts';
import { streamNames } from './steps.ts';
import type { WindowPlan } from './window-plan.ts';

export function runWindow(plan: WindowPlan): Output[] {
  const [name = 'in', ...more] = streamNames(plan.steps);
  if (more.length > 0) throw new Unsupported(`several input streams (${[name, ...more].join(', ')})`);
  if (plan.steps.flat().some((s) => s.op === 'records' && s.records.some((r) => r.change !== '+I')))
    throw new Unsupported('retract: a window over a stream that takes rows back');
  const { map, window, fields, processing, watermark, steps } = plan;
  return runPipeline({
    streams: [{ name, fields, eventTime: !processing, updating: null, watermark }],
    nodes: {
      ...(map === null ? {} : { map: { type: 'map', config: map } }),
      window: { type: 'window', config: window },
    },
    edges: [
      ...(map === null ? [] : [{ from: name, to: 'map' }]),
      { from: map === null ? name : 'map:out', to: 'window' },
    ],
    outputs: { out: 'window:out', late: 'window:late' },
    steps,
    timeField: TIME_FIELD,
  });
}
