/** What a file source's settings say together: checks that no single setting can make, and the line on its card. */
import { problem, showValue } from '../../contract/problems.ts';
import type { SchemaContext } from '../../contract/spec.ts';
import type { Field } from '../../contract/types.ts';
import { checkFieldName, checkSetting } from '../../plan/check-setting.ts';
import type { FileConfig } from './spec.ts';

type Context = Pick<SchemaContext<FileConfig>, 'config' | 'report'>;

export function checkTogether(context: Context, fields: readonly Field[]): void {
  const { config } = context;
  if (config.order !== undefined) {
    checkSetting(context, ['order', 'by'], config.order.by, fields, 'TIMESTAMP');
  }
  if (config.partitions.kind === 'field') {
    checkFieldName(context, ['partitions', 'field'], config.partitions.field, fields);
  }
  checkReplay(context);
  if (config.follow) checkFollow(context);
}

function checkReplay({ config, report }: Context): void {
  if (config.replay.kind !== 'time' || config.order !== undefined || config.time !== undefined) return;
  report(
    problem('S-VALUE', {
      path: ['replay'],
      message: 'Replay by time has no time to go by.',
      value: showValue(config.replay),
      expected: 'an event time or an arrival time',
      next: 'Set the event time, set the arrival order, or replay as fast as possible.',
    }),
  );
}

function checkFollow({ config, report }: Context): void {
  if (config.order !== undefined) {
    report(
      problem('S-VALUE', {
        path: ['order'],
        message: 'A file that is followed never ends, so it can never be sorted.',
        value: showValue(config.order.by),
        expected: 'either follow or an arrival order',
        next: 'Switch follow off, or remove the arrival order.',
      }),
    );
  }
  if (config.format.kind === 'json' || config.format.kind === 'parquet') {
    report(
      problem('S-VALUE', {
        path: ['follow'],
        message: `A ${config.format.kind === 'json' ? 'JSON array' : 'Parquet file'} cannot grow record by record.`,
        value: showValue(config.format.kind),
        expected: 'NDJSON or CSV',
        next: 'Switch follow off, or use NDJSON or CSV.',
      }),
    );
  }
}

export function summarizeFile({ path, order, replay, follow }: FileConfig): string {
  const name = path.split('/').at(-1) ?? path;
  const parts = [name === '' ? path : name];
  if (order !== undefined) parts.push('in arrival order');
  if (replay.kind === 'time') parts.push(`at ${replay.speed.toLocaleString('en-US')}×`);
  if (follow) parts.push('followed');
  return parts.join(', ');
}
