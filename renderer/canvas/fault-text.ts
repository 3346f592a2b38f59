/** What an injected failure does, as a sentence. Pure. */
import type { Fault } from '../../engine/contract/chaos.ts';
import type { GraphDocument } from '../../engine/contract/document.ts';
import { t } from '../app/strings/index.ts';
import { formatBytes, formatCount, formatShare } from '../ui/format.ts';
import { nodeName } from './node-name.ts';

/** A flash. */
export const FAULT_ICON = 'M9 1.500L3.500 9H8l-1 5.500L12.500 7H8z';

export function faultSentence(document: GraphDocument, fault: Fault): string {
  const name = (id: string): string => nodeName(document, id);
  switch (fault.kind) {
    case 'fail':
      return fault.record === undefined
        ? t('fault.fail.byChance', { node: name(fault.node), chance: chanceText(fault.chance ?? 0) })
        : t('fault.fail.atRecord', { node: name(fault.node), record: formatCount(fault.record) });
    case 'kill':
      return fault.until === undefined
        ? t('fault.kill.at', { after: fault.after })
        : t('fault.kill.between', { after: fault.after, until: fault.until });
    case 'stall':
      return t('fault.stall.text', {
        source: name(fault.source),
        partition: fault.partition,
        after: fault.after,
        for: fault.for,
      });
    case 'slow':
      return t('fault.slow.text', { sink: name(fault.sink), by: fault.by });
    case 'bad':
      return t('fault.bad.text', { source: name(fault.source), chance: chanceText(fault.chance) });
    case 'full':
      return t('fault.full.text', { sink: name(fault.sink), bytes: formatBytes(fault.bytes) });
    case 'ack':
      return fault.commit === undefined
        ? t('fault.ack.delayed', { sink: name(fault.sink), by: fault.by ?? '' })
        : t('fault.ack.lost', { sink: name(fault.sink), commit: fault.commit });
    case 'jump':
      return fault.by.trim().startsWith('-')
        ? t('fault.jump.back', { by: fault.by.trim().slice(1), after: fault.after })
        : t('fault.jump.forward', { by: fault.by, after: fault.after });
  }
}

/** `2 %`; where that says too little, `0.05 %`. */
const chanceText = (chance: number): string =>
  chance >= 0.01 ? formatShare(chance) : `${Number((chance * 100).toPrecision(2))}\u202f%`;
