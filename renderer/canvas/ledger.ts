/** What a sink's ledger counts, from telemetry. */
import type { LedgerCounts } from '../../engine/contract/link.ts';
import type { Telemetry } from '../store/telemetry.ts';

/** Null where none counts. */
export function ledgerCounts(telemetry: Telemetry, sink: string): LedgerCounts | null {
  const expected = telemetry.node(sink, 'ledgerExpected');
  if (Number.isNaN(expected)) return null;
  const delivered = telemetry.node(sink, 'ledgerDelivered');
  const lost = telemetry.node(sink, 'ledgerLost');
  const duplicated = telemetry.node(sink, 'ledgerDuplicated');
  return { expected, delivered, duplicated, lost, inFlight: Math.max(0, expected - delivered - lost) };
}
