import type { ReactNode } from 'react';

/** What is not there yet, and what to do next. */
export function EmptyState({ title, text, children }: { title: string; text: string; children?: ReactNode }) {
  return (
    <div className="empty-state">
      <b>{title}</b>
      <p>{text}</p>
      {children}
    </div>
  );
}
