/** A chart sink's lines or bars. uPlot draws; React only gives it the model, the size and the theme. */
import { useEffect, useMemo, useRef } from 'react';
import uPlot from 'uplot';
import type { SinkView } from '../../engine/contract/link.ts';
import { t } from '../app/strings/index.ts';
import { useUi } from '../app/studio-context.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { type ChartModel, chartModel } from './chart-model.ts';
import { chartOptions, sizeOf } from './chart-options.ts';

export function Chart({ name, view }: { name: string; view: SinkView }) {
  const model = useMemo(() => chartModel(view), [view]);
  if (model === null)
    return <EmptyState title={t('results.chartColumns')} text={t('results.chartColumnsText')} />;
  return (
    <div className="chart">
      <Plot label={t('results.chart', { name })} model={model} />
      {model.hidden > 0 && <p className="faint">{t('results.hidden', { count: model.hidden })}</p>}
    </div>
  );
}

/** Lines or bars alone, as large as there is room. */
export function Plot({ label, model }: { label: string; model: ChartModel }) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const zone = useUi((state) => state.zone);
  const theme = useUi((state) => state.theme);
  const latest = useRef(model);
  latest.current = model;
  // Another set of lines is another plot; further points are not.
  const shape = JSON.stringify([
    model.mark,
    model.axis,
    model.xName,
    model.series.map(({ name }) => name),
    zone,
    theme,
  ]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for what of the model matters here
  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    const make = (): void => {
      plot.current?.destroy();
      plot.current = new uPlot(
        chartOptions(() => latest.current, element, zone),
        dataOf(latest.current),
        element,
      );
    };
    make();
    const sizes = new ResizeObserver(() => plot.current?.setSize(sizeOf(element)));
    sizes.observe(element);
    // The theme of the system changes without a word from the store.
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const remake = (): void => void requestAnimationFrame(make);
    dark.addEventListener('change', remake);
    return () => {
      dark.removeEventListener('change', remake);
      sizes.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [shape]);
  useEffect(() => plot.current?.setData(dataOf(model)), [model]);
  return <div className="plot" role="img" aria-label={label} ref={holder} />;
}

const dataOf = (model: ChartModel): uPlot.AlignedData => [
  [...model.x],
  ...model.series.map(({ y }) => [...y]),
];
