/** Windows by time, as settings of the nodes that make them: the same words and fields in each. */
import { z } from 'zod';
import { zPositiveDuration, zSignedDuration } from '../contract/settings.ts';
import { setting } from '../contract/spec.ts';

const zSize = setting(zPositiveDuration, { title: 'Size', widget: 'duration', placeholder: '1 h' });
const zOffset = setting(zSignedDuration.optional(), {
  title: 'Offset',
  widget: 'duration',
  advanced: true,
  placeholder: '0',
  description: 'Moves all window starts: -8 h makes days begin at 16:00 UTC',
});

export const zTumbling = z.strictObject({ kind: z.literal('tumbling'), size: zSize, offset: zOffset });

export const zHopping = z.strictObject({
  kind: z.literal('hopping'),
  size: zSize,
  slide: setting(zPositiveDuration, { title: 'Every', widget: 'duration', placeholder: '5 min' }),
  offset: zOffset,
});

export const zCumulating = z.strictObject({
  kind: z.literal('cumulating'),
  size: setting(zPositiveDuration, { title: 'Up to', widget: 'duration', placeholder: '1 d' }),
  step: setting(zPositiveDuration, {
    title: 'In steps of',
    widget: 'duration',
    placeholder: '1 h',
    description: 'A window from the same start for the end of each step, and anew when it is full',
  }),
  offset: zOffset,
});

export const zSession = z.strictObject({
  kind: z.literal('session'),
  gap: setting(zPositiveDuration, {
    title: 'Gap',
    widget: 'duration',
    placeholder: '30 min',
    description: 'A session ends when no record came for this long',
  }),
});
