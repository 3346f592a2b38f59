/** What of a window's settings does not go together. */
import { type Problem, problem, showValue } from '../../../contract/problems.ts';
import { durationMs } from '../../../contract/settings.ts';
import type { SchemaContext } from '../../../contract/spec.ts';
import type { EdgeSchema } from '../../../contract/types.ts';
import { printType } from '../../../contract/types.ts';
import { END_FIELD, hasBounds, START_FIELD } from '../plan.ts';
import type { WindowConfig } from './spec.ts';

/** Windows of one record that a hopping or cumulating window may have; more is a mistake in the settings, not a wish. */
const OVERLAP_MAX = 100_000;
/** Parts that a sliding count window keeps per key. */
const COUNT_PARTS_MAX = 10_000;

type Say = (
  path: Problem['path'],
  details: Omit<Problem, 'code' | 'severity' | 'path'>,
  code?: 'S-VALUE' | 'T-FIELD' | 'T-TYPE',
) => void;

export function checkWindow(context: SchemaContext<WindowConfig>, input: EdgeSchema): void {
  const { config } = context;
  const say: Say = (path, details, code = 'S-VALUE') => context.report(problem(code, { path, ...details }));
  checkTime(context, input);
  checkKind(config, input, say);
  checkTrigger(config, say);
  checkLateness(config, say);
  checkNames(config, say);
}

function checkTime({ config, report }: SchemaContext<WindowConfig>, input: EdgeSchema): void {
  const { window, time, trigger } = config;
  const needed = hasBounds(window.kind) || trigger?.early?.kind === 'event-time';
  if (time !== 'event' || input.eventTime || !needed) return;
  report(
    problem('G-FIT', {
      path: ['time'],
      message: 'An event-time window needs records with event time; the source above gives none.',
      value: showValue(time),
      expected: 'a source with "time" set, or "processing"',
      next: 'Set the event-time field of the source, or switch this window to processing time.',
    }),
  );
}

function checkKind({ window }: WindowConfig, input: EdgeSchema, say: Say): void {
  switch (window.kind) {
    case 'hopping':
      checkHopping(window, say);
      break;
    case 'cumulating':
      checkCumulating(window, say);
      break;
    case 'count':
      checkCount(window, say);
      break;
    case 'assigned':
      // Who has no start has no end either: one cause, one problem.
      if (checkBound(input, 'start', window.start ?? START_FIELD, say))
        checkBound(input, 'end', window.end ?? END_FIELD, say);
  }
}

type OfKind<K> = Extract<WindowConfig['window'], { kind: K }>;

function checkHopping({ size, slide }: OfKind<'hopping'>, say: Say): void {
  const ratio = durationMs(size) / durationMs(slide);
  if (ratio < 1)
    say(['window', 'slide'], {
      message: `The window slides by ${slide}, which is more than its size ${size}: records between windows would vanish.`,
      value: showValue(slide),
      expected: `at most the size, ${size}`,
      next: 'Make it smaller, or use a filter to drop records on purpose.',
    });
  if (ratio > OVERLAP_MAX)
    say(['window', 'slide'], {
      message: `Every record would fall into more than ${OVERLAP_MAX} windows.`,
      value: showValue(slide),
      expected: `at least ${Math.ceil(durationMs(size) / OVERLAP_MAX)} ms`,
      next: 'Make it larger.',
    });
}

function checkCumulating({ size, step }: OfKind<'cumulating'>, say: Say): void {
  const steps = durationMs(size) / durationMs(step);
  if (!Number.isInteger(steps))
    say(['window', 'step'], {
      message: `${size} is not a whole number of steps of ${step}.`,
      value: showValue(step),
      expected: `a part of ${size}, such as a half or a tenth`,
      next: 'Change the step, or the size.',
    });
  else if (steps > OVERLAP_MAX)
    say(['window', 'step'], {
      message: `The window would have more than ${OVERLAP_MAX} steps.`,
      value: showValue(step),
      expected: `at least ${Math.ceil(durationMs(size) / OVERLAP_MAX)} ms`,
      next: 'Make it larger.',
    });
}

function checkCount({ size, slide = size }: OfKind<'count'>, say: Say): void {
  if (slide > size)
    say(['window', 'slide'], {
      message: `The window slides by ${slide} records, which is more than its size ${size}: records between windows would vanish.`,
      value: showValue(slide),
      expected: `at most the size, ${size}`,
      next: 'Make it smaller.',
    });
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
  if (size / gcd(size, slide) > COUNT_PARTS_MAX)
    say(['window', 'slide'], {
      message: `Each key would keep ${size / gcd(size, slide)} parts of windows.`,
      value: showValue(slide),
      expected: `a size and a slide with a common divisor, so that there are at most ${COUNT_PARTS_MAX} parts`,
      next: `Choose a slide that divides ${size}, and is not so small.`,
    });
}

/** Whether the field is there. */
function checkBound(input: EdgeSchema, key: 'start' | 'end', name: string, say: Say): boolean {
  const found = input.fields.find((f) => f.name === name);
  if (found?.type.kind === 'TIMESTAMP') return true;
  say(
    ['window', key],
    {
      message:
        found === undefined
          ? `The records do not say their window: there is no field ${showValue(name)}.`
          : `${showValue(name)} is ${printType(found.type)}, not TIMESTAMP.`,
      value: showValue(name),
      expected: `a TIMESTAMP field with the ${key} of the window`,
      next: 'Put Assign windows or Window in front, or pick the field that says it.',
    },
    found === undefined ? 'T-FIELD' : 'T-TYPE',
  );
  return found !== undefined;
}

function checkTrigger({ window, time, trigger, lateness, accumulation, pane }: WindowConfig, say: Say): void {
  if (window.kind === 'count' || window.kind === 'sliding') {
    const set = [
      trigger !== undefined ? 'trigger' : null,
      accumulation !== 'accumulating' ? 'accumulation' : null,
      pane === true ? 'pane' : null,
    ];
    for (const key of set)
      if (key !== null)
        say([key], {
          message: `A ${window.kind} window fires when it is ${window.kind === 'count' ? 'full' : 'over'}, once.`,
          value: key,
          expected: 'no such setting',
          next: `Remove it, or take a ${window.kind === 'count' ? 'global' : 'hopping'} window with an early trigger.`,
        });
    return;
  }
  if (trigger === undefined) return;
  if (trigger.early?.kind === 'event-time' && time !== 'event')
    say(['trigger', 'early'], {
      message: 'This window does not look at event time.',
      value: showValue(trigger.early.kind),
      expected: 'a trigger by records or by the clock',
      next: 'Choose another trigger, or switch the window to event time.',
    });
  if (trigger.late !== undefined && (lateness === undefined || durationMs(lateness) === 0))
    say(['trigger', 'late'], {
      message: 'Without allowed lateness no late record gets into a window.',
      value: showValue(trigger.late.kind),
      expected: 'no late trigger',
      next: 'Set the allowed lateness, or remove the late trigger.',
    });
  const closing = trigger.closing ?? true;
  if (trigger.onTime === 'never' && trigger.early === undefined && !closing)
    say(['trigger', 'onTime'], {
      message: 'This window would never fire.',
      value: 'never',
      expected: 'something that makes it fire',
      next: 'Let it fire at its end, or early, or fire the rest.',
    });
}

function checkLateness({ window, time, lateness }: WindowConfig, say: Say): void {
  if (lateness === undefined || durationMs(lateness) === 0) return;
  const why =
    time !== 'event'
      ? `By ${time} time no record is late.`
      : window.kind === 'sliding'
        ? 'A sliding window fires once.'
        : hasBounds(window.kind)
          ? null
          : `A ${window.kind} window has no end that a record could be late for.`;
  if (why !== null)
    say(['lateness'], {
      message: why,
      value: showValue(lateness),
      expected: 'no allowed lateness',
      next: window.kind === 'sliding' ? 'Let the watermark stay further behind.' : 'Remove it.',
    });
}

function checkNames(config: WindowConfig, say: Say): void {
  if (hasBounds(config.window.kind)) return;
  for (const key of ['startAs', 'endAs', 'timeAs'] as const) {
    const name = config[key];
    if (name !== undefined)
      say([key], {
        message: `A ${config.window.kind} window has no start and no end.`,
        value: showValue(name),
        expected: 'no such field',
        next: 'Remove it.',
      });
  }
}
