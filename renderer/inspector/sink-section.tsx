/** Of a sink: what it really gets and why, and what its ledger counts. */
import { useRef } from 'react';
import { nodeOf } from '../../engine/contract/problems.ts';
import { type TextKey, t } from '../app/strings/index.ts';
import { useDocument } from '../app/studio-context.ts';
import { guaranteeAt } from '../canvas/guarantee.ts';
import { ledgerCounts } from '../canvas/ledger.ts';
import { useTelemetry, writeText, writeTitle } from '../canvas/use-telemetry.ts';
import { formatCount } from '../ui/format.ts';

export function SinkSection({ id }: { id: string }) {
  const got = useDocument((state) => guaranteeAt(state.graph, id));
  const asked = useDocument((state) => state.document.settings?.guarantee);
  const field = useDocument((state) => state.document.settings?.ledger);
  const warned = useDocument((state) =>
    state.graph.problems.find((one) => one.code === 'G-GUARANTEE' && nodeOf(one) === id),
  );
  if (got === null) return null;
  return (
    <>
      <section className="section" aria-label={t('guarantee.title')}>
        <h2 className="section-title">{t('guarantee.title')}</h2>
        <p className="guarantee-line">
          <b className="guarantee" data-less={got.less}>
            {t(`guarantee.${got.guarantee}`)}
          </b>
          {got.less && asked !== undefined && (
            <span className="guarantee-less">{t('guarantee.less', { asked })}</span>
          )}
        </p>
        <p className="guarantee-why">
          {got.why} <span className="faint">{t(`guarantee.protocol.${got.protocol}`)}</span>
        </p>
        {warned?.next !== undefined && <p className="guarantee-why">{warned.next}</p>}
      </section>
      {field !== undefined && <LedgerSection id={id} field={field} />}
    </>
  );
}

const COUNTS = ['expected', 'delivered', 'duplicated', 'lost', 'inFlight'] as const;

function LedgerSection({ id, field }: { id: string; field: string }) {
  const list = useRef<HTMLDListElement>(null);
  const note = useRef<HTMLParagraphElement>(null);
  useTelemetry((telemetry) => {
    const counts = ledgerCounts(telemetry, id);
    writeText(note.current, t(counts === null ? 'ledger.notRun' : 'ledger.text', { field }));
    COUNTS.forEach((key, i) => {
      const row = list.current?.children[i] as HTMLElement | undefined;
      if (row === undefined) return;
      const value = row.querySelector('dd');
      writeText(value, counts === null ? t('row.none') : formatCount(counts[key]));
      writeTitle(value, counts === null ? '' : String(counts[key]));
      const wrong = String((key === 'duplicated' || key === 'lost') && (counts?.[key] ?? 0) > 0);
      if (row.dataset['wrong'] !== wrong) row.dataset['wrong'] = wrong;
    });
  });
  return (
    <section className="section" aria-label={t('ledger.title')}>
      <h2 className="section-title">{t('ledger.title')}</h2>
      <dl className="ledger" ref={list}>
        {COUNTS.map((key) => (
          <div key={key}>
            <dt>{t(`ledger.${key}`)}</dt>
            <dd className="num" />
            <dd className="faint">{t(`ledger.${key}Hint` as TextKey)}</dd>
          </div>
        ))}
      </dl>
      <p className="field-hint" ref={note} />
    </section>
  );
}
