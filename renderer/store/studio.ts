/** Everything that a window has: its stores, its host, its engine. Made once; components reach it by `useStudio`. */
import type { HostApi, HostCapabilities } from '../../engine/contract/host.ts';
import { EngineClient } from '../engine-client/client.ts';
import { Engine } from '../engine-client/engine.ts';
import { createDocumentStore, type DocumentStore } from './document.ts';
import { applyRunMessage, createRunStore, type RunStore } from './run.ts';
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
  /** Connects `engine`, and again where its link drops. */
  readonly connection: Engine;
  /** Known after the first answer of the host. */
  capabilities: HostCapabilities;
  canvas: CanvasPort | null;
}

export interface StudioOptions {
  readonly host: HostApi;
  readonly storage: KeyValue | null;
  /** Calls back once before the next frame is drawn. */
  readonly schedule: Schedule;
  /** Resolves after so many ms; tests do not wait. */
  readonly wait?: (ms: number) => Promise<void>;
}

export function createStudio({ host, storage, schedule, wait = sleep }: StudioOptions): Studio {
  const run = createRunStore();
  const telemetry = new Telemetry(schedule, () => run.getState().evidence);
  const engine = new EngineClient(() => host.connectEngine(), {
    message({ message, figures }) {
      if ('runId' in message && message.runId === run.getState().runId) {
        if (message.type === 'run.layout') telemetry.setLayout(message.layout);
        else if (message.type === 'run.telemetry' && figures !== null) telemetry.push(figures);
        else if (message.type === 'run.ended') telemetry.end();
      }
      applyRunMessage(run, message);
    },
    lost: (cause) => void connection.reconnect(cause),
  });
  const connection = new Engine({ client: engine, run, telemetry, wait, now: () => performance.now() });
  return {
    host,
    document: createDocumentStore(),
    selection: createSelectionStore(),
    run,
    ui: createUiStore(storage),
    telemetry,
    engine,
    connection,
    capabilities: { dialogs: false, nativeMenu: false, platform: 'other' },
    canvas: null,
  };
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
