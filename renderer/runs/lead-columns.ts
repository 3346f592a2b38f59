/** What stands before a record's own fields: what the row does to the table, and the times it has. Pure. */
import type { Sample } from '../../engine/contract/link.ts';
import { type TextKey, t } from '../app/strings/index.ts';
import type { Zone } from '../store/ui.ts';
import { formatTime } from '../ui/format.ts';
import type { ShownCell } from './cells.ts';

type Row = Sample['rows'][number];
export type Change = NonNullable<Row['change']>;

export interface LeadColumn {
  readonly key: string;
  readonly name: string;
  readonly note: string;
  /** In characters. */
  readonly width: number;
  readonly cell: (row: Row) => ShownCell;
}

/** No field has a name that begins so: keys of fields begin with their number. */
export const CHANGE_KEY = ' op';

const CHANGES: Readonly<Record<Change, TextKey>> = {
  '+I': 'change.insert',
  '-U': 'change.updateBefore',
  '+U': 'change.updateAfter',
  '-D': 'change.delete',
};

const TIMES = {
  time: 'data.time',
  ingested: 'data.ingested',
  processed: 'data.processed',
} as const satisfies Readonly<Record<string, TextKey>>;
type TimeName = keyof typeof TIMES;

/** Characters: to the millisecond, which is where windows end. */
const TIME_WIDTH = 23;

export const zoneName = (zone: Zone): string => t(zone === 'utc' ? 'status.zone.utc' : 'status.zone.local');

/** `allTimes`: also when the source took the record in, and when it passed here. */
export function leadColumns(rows: Sample['rows'], zone: Zone, allTimes: boolean): readonly LeadColumn[] {
  const names: readonly TimeName[] = allTimes ? ['time', 'ingested', 'processed'] : ['time'];
  return [
    ...(rows.some(({ change }) => change !== undefined) ? [changeColumn()] : []),
    ...names.flatMap((name) => timeColumn(rows, name, zone)),
  ];
}

const changeColumn = (): LeadColumn => ({
  key: CHANGE_KEY,
  name: 'op',
  note: '',
  width: 4,
  cell: ({ change }) =>
    change === undefined
      ? { text: '–', kind: 'null' }
      : { text: change, kind: 'text', title: t(CHANGES[change]) },
});

/** None where no row has that time. A day that all share stands in the header: then the times are short. */
function timeColumn(rows: Sample['rows'], name: TimeName, zone: Zone): readonly LeadColumn[] {
  const known = rows.map((row) => row[name]).filter(isTime);
  if (known.length === 0) return [];
  const days = new Set(known.map((ms) => dayOf(ms, zone)));
  const [day] = days;
  const short = name !== 'time' && days.size === 1 && day !== undefined;
  return [
    {
      key: ` ${name}`,
      name: t(TIMES[name]),
      note: short ? day : zoneName(zone),
      width: short ? t(TIMES[name]).length + day.length : TIME_WIDTH,
      cell: (row) => {
        const ms = row[name];
        if (!isTime(ms)) return { text: '–', kind: 'null' };
        const text = formatTime(ms, zone);
        const title = `${formatTime(ms, 'utc')} UTC (${ms} ms)`;
        return { text: short ? text.slice(day.length + 1) : text, kind: 'time', title };
      },
    },
  ];
}

const isTime = (ms: number | null | undefined): ms is number => typeof ms === 'number' && Number.isFinite(ms);
const dayOf = (ms: number, zone: Zone): string => formatTime(ms, zone).split(' ')[0] ?? '';
