/** A fault of ours in drawing must not cost the document: it is offered as text, and the page as it was. */
import { Component, type ReactNode } from 'react';
import { documentText } from '../store/document.ts';
import { t } from './strings/index.ts';
import { StudioContext } from './studio-context.ts';

interface Props {
  readonly children: ReactNode;
}

export class ErrorBoundary extends Component<Props, { readonly error: Error | null }> {
  static override contextType = StudioContext;
  declare context: React.ContextType<typeof StudioContext>;
  override state: { readonly error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    const state = this.context?.document.getState();
    return (
      <main className="screen">
        <div className="screen-inner broken">
          <h1>{t('fault.title')}</h1>
          <p className="muted">{t('fault.text')}</p>
          <p className="mono muted">{error.message}</p>
          {state?.file != null && (
            <textarea className="fault-document mono" readOnly value={documentText(state.document)} />
          )}
          <p className="screen-buttons">
            <button type="button" className="btn primary" onClick={() => this.setState({ error: null })}>
              {t('broken.again')}
            </button>
          </p>
        </div>
      </main>
    );
  }
}
