/** Everything that a window has: its stores, its host, its engine. Made once; components reach it by `useStudio`. */
import type { HostApi, HostCapabilities } from '../../engine/contract/host.ts';
import { EngineClient } from '../engine-client/client.ts';
import { createDocumentStore, type DocumentStore } from './document.ts';
import { applyRunMessage, createRunStore, isActive, type RunStore } from './run.ts';
import { createSelectionStore, type SelectionStore } from './selection.ts';
import { type Schedule, Telemetry } from './telemetry.ts';
import { createUiStore, type KeyValue, type UiStore } from './ui.ts';

/** What the canvas does for actions; set while it is mounted. */
export interface CanvasPort {
  fitView(): void;
  /** Zooms out where something is out of sight. */
  showAll(): void;
  /** Moves the view so that the node is in the middle. */
  reveal(node: string): void;
  /** The middle of what is seen, in canvas coordinates. */
  centre(): { readonly x: number; readonly y: number };
}

export interface Studio {
  readonly host: HostApi;
  readonly document: DocumentStore;
  readonly selection: SelectionStore;
  readonly run: RunStore;
  readonly ui: UiStore;
  readonly telemetry: Telemetry;
  readonly engine: EngineClient;
  /** Known after the first answer of the host. */
  capabilities: HostCapabilities;
  canvas: CanvasPort | null;
}

export interface StudioOptions {
  readonly host: HostApi;
  readonly storage: KeyValue | null;
  /** Calls back once before the next frame is drawn. */
  readonly schedule: Schedule;
}

export function createStudio({ host, storage, schedule }: StudioOptions): Studio {
  const run = createRunStore();
  const telemetry = new Telemetry(schedule);
  const engine = new EngineClient(() => host.connectEngine(), {
    message({ message, figures }) {
      if ('runId' in message && message.runId === run.getState().runId) {
        if (message.type === 'run.layout') telemetry.setLayout(message.layout);
        else if (message.type === 'run.telemetry' && figures !== null) telemetry.push(figures);
        else if (message.type === 'run.ended') telemetry.end();
      }
      applyRunMessage(run, message);
    },
    lost(cause) {
      run.setState({ engine: 'dead', engineProblem: cause });
      telemetry.end();
      // Its runs ended with it; what it last said stays to be seen.
      if (isActive(run.getState().status)) run.setState({ status: 'ended', problems: [cause] });
    },
  });
  return {
    host,
    document: createDocumentStore(),
    selection: createSelectionStore(),
    run,
    ui: createUiStore(storage),
    telemetry,
    engine,
    capabilities: { dialogs: false, nativeMenu: false, platform: 'other' },
    canvas: null,
  };
}
