/** Values of records that are shown while a run goes on: short, for they are sent again and again. */
import type { EvidenceValue } from '../../contract/evidence.ts';

export const CELL_TEXT_MAX = 200;

export const shownCell = (cell: EvidenceValue['value']): EvidenceValue['value'] =>
  typeof cell === 'string' && cell.length > CELL_TEXT_MAX ? `${cell.slice(0, CELL_TEXT_MAX - 1)}…` : cell;
