import type { ReactNode } from 'react';

export interface TabItem<K extends string> {
  readonly key: K;
  readonly label: string;
  /** A count behind the label; `warn` colours it. */
  readonly count?: ReactNode;
  readonly warn?: boolean;
}

/** Tabs as the ARIA pattern has them: arrows move, one tab stop. */
export function Tabs<K extends string>({
  label,
  tabs,
  value,
  onChange,
  children,
}: {
  label: string;
  tabs: readonly TabItem<K>[];
  value: K;
  onChange: (key: K) => void;
  /** At the end of the bar. */
  children?: ReactNode;
}) {
  const step = (by: number): void => {
    const at = tabs.findIndex((tab) => tab.key === value);
    const next = tabs[(at + by + tabs.length) % tabs.length];
    if (next !== undefined) onChange(next.key);
  };
  return (
    <div className="tabs">
      <div
        role="tablist"
        aria-label={label}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return;
          step(event.key === 'ArrowRight' ? 1 : -1);
          event.preventDefault();
          const list = event.currentTarget;
          requestAnimationFrame(() => list.querySelector<HTMLElement>('[aria-selected="true"]')?.focus());
        }}
      >
        {tabs.map((tab) => (
          <button
            key={tab.key}
            type="button"
            role="tab"
            className="tab"
            aria-selected={tab.key === value}
            tabIndex={tab.key === value ? 0 : -1}
            onClick={() => onChange(tab.key)}
          >
            {tab.label}
            {tab.count !== undefined && <em data-warn={tab.warn === true}>{tab.count}</em>}
          </button>
        ))}
      </div>
      {children !== undefined && <div className="tabs-end">{children}</div>}
    </div>
  );
}
