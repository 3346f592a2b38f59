/** A finding as a person would say it, in English: one sentence, and what to do. */
import { cut, number, percent, span } from './amounts.ts';
import type { Facts, Finding, FindingCode } from './finding.ts';

export interface Said {
  readonly sentence: string;
  /** What to do, or where to look. */
  readonly advice: string | null;
}

/** How nodes and instants are called. */
export interface Words {
  name(node: string): string;
  time(ms: number): string;
}

const SAY: { readonly [C in FindingCode]: (facts: Facts[C], node: string, words: Words) => Said } = {
  'no-input': (_, node) => ({ sentence: `${node} has given no record yet.`, advice: null }),
  'source-ended': ({ records, holds }, node) => ({
    sentence: holds
      ? `${node} is at its end after ${count(records)}, and its watermark stays where it is: what is open stays open.`
      : `${node} is at its end after ${count(records)}: nothing more will come.`,
    advice: holds ? 'Set "At the end of the data" to "Everything fires".' : null,
  }),
  unusable: ({ count: bad, of, first }, node) => ({
    sentence: `${node} could not use ${number(bad)} of ${count(of)}${first === null ? '.' : `: ${first.message}`}`,
    advice: first === null ? null : `Look at the first: ${cut(first.record)}`,
  }),
  'all-filtered': ({ count: filtered, last }, node) => ({
    sentence: `${node} let none of ${count(filtered)} through.`,
    advice:
      last === null
        ? null
        : `Of the last: ${last.parts.map(({ text, value }) => `${text} is ${value === null ? 'NULL' : String(value).toUpperCase()}`).join(', ')}.`,
  }),
  'held-by-partition': ({ partition, watermark, quietMs, others }, node, { time }) => ({
    sentence:
      watermark === null
        ? `Partition ${partition} of ${node} has given no event time yet, and so there is no watermark.`
        : `Partition ${partition} of ${node} holds the watermark at ${time(watermark)}, ${span(others - watermark)} behind the others${quietMs === null ? '' : `; its last record came ${span(quietMs)} ago`}.`,
    advice: 'With an idle timeout a silent partition no longer holds the watermark.',
  }),
  'window-open': ({ due, watermark, open }, node, { time }) => ({
    sentence: `${node} has ${number(open)} open ${open === 1 ? 'window' : 'windows'}; the next fires when the watermark passes ${time(due)}${toGo(due, watermark)}.`,
    advice: null,
  }),
  'session-open': ({ due, watermark, open, gap }, node, { time }) => ({
    sentence: `${node} has ${number(open)} open ${open === 1 ? 'session' : 'sessions'}; one closes when a key had no record for ${gap}, and not before ${time(due)}${toGo(due, watermark)}.`,
    advice: null,
  }),
  'all-late': ({ late, of, median, most, bound, better }, node) => ({
    sentence: `${number(late)} of ${count(of)} came too late for ${node}: half of them ${span(median)} or more behind the watermark, 99 % within ${span(most)}.`,
    advice:
      better === null
        ? null
        : `A bound of ${better} in place of ${bound ?? 'none'} would have kept 99 % of them.`,
  }),
  'time-unit': ({ newest, wouldBe, unit }, node, { time }) => ({
    sentence: `The event times of ${node} are about ${time(newest)}; read as ${UNITS[unit]} they would be about ${time(wouldBe)}.`,
    advice: `Read the field as ${UNITS[unit]}.`,
  }),
  'time-zone': ({ hours }, node) => ({
    sentence: `The records of ${node} come now, and their event times are ${Math.abs(hours)} h ${hours > 0 ? 'ahead of' : 'behind'} the clock: they look like local times read as UTC.`,
    advice: 'Read them with their offset, or shift them in a map.',
  }),
  'from-the-future': ({ from, to, late }, node, { time }) => ({
    sentence: `A record of ${node} took the watermark from ${time(from)} to ${time(to)}; ${count(late)} after it came too late.`,
    advice:
      'Drop records from the future in front of the watermark: with a condition on the event time in the source.',
  }),
  'no-match': ({ sides, nulls, almost }, node) => ({
    sentence: `No keys of the two sides of ${node} meet${nulls.some((share) => share > 0.5) ? '; most keys of a side are NULL, which meets nothing' : ''}: ${sides
      .map(
        ({ port, rows }) =>
          `${port} has ${rows
            .slice(-3)
            .map((row) => cut(row.map((v) => (v === null ? 'NULL' : JSON.stringify(v))).join(', '), 60))
            .join('; ')}`,
      )
      .join(' – ')}.`,
    advice:
      almost === 'blanks'
        ? 'Without blanks at their ends they would: TRIM them in a map.'
        : almost === 'case'
          ? 'Without regard to case they would: LOWER both in a map.'
          : null,
  }),
  'back-pressure': ({ culprit, share, fill }, node, { name }) => ({
    sentence: `${node} had to wait ${percent(share)} of the last second: ${name(culprit)} cannot take more, its queue is ${percent(fill)} full.`,
    advice: null,
  }),
  'waits-for-checkpoint': ({ rows, every }, node) => ({
    sentence: `${count(rows)} of ${node} ${rows === 1 ? 'is' : 'are'} written and become visible with the next checkpoint, every ${every}.`,
    advice: null,
  }),
};

const UNITS = { s: 'seconds', ms: 'milliseconds', µs: 'microseconds' };

/** Ids, and UTC. */
const PLAIN: Words = {
  name: (node) => node,
  time: (ms) =>
    Math.abs(ms) <= 8.64e15
      ? new Date(ms).toISOString().replace('T', ' ').replace('.000Z', 'Z')
      : 'beyond any date',
};

export function sayFinding(finding: Finding, words: Words = PLAIN): Said {
  const say = SAY[finding.code] as (facts: Finding['facts'], node: string, words: Words) => Said;
  return say(finding.facts, words.name(finding.node), words);
}

const count = (n: number): string => `${number(n)} ${n === 1 ? 'record' : 'records'}`;
const toGo = (due: number, watermark: number | null): string =>
  watermark === null ? '; there is no watermark yet' : ` (${span(Math.max(0, due - watermark))} to go)`;
