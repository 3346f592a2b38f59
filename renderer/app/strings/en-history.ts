/** Texts of a run's past and of comparing two runs, in English. */
export const enHistory = {
  'history.label': 'History of the run',
  'history.slider': 'Moment that is shown',
  'history.keys': 'Arrows: one moment. Page keys: 10 s. Home: the start. End: the present.',
  'history.present': 'the present',
  'history.live': 'Live',
  'history.end': 'End of the run',
  'history.past': 'Past: as it was at {at}',
  'history.pastText':
    'Cards, edges, time plot and findings show the moment. Results, records, windows and log stay in the present.',
  'history.toLive': 'Live',
  'history.toEnd': 'To the end',
  'history.noRecords': 'No records of that time',
  'history.noRecordsText': 'The plot gathers records while it is open.',
  'action.again': 'Run again',
} as const;
