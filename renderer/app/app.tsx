/** The window: one of start screen, broken document, and workbench; over it dialogs and notices. */
import { ReactFlowProvider } from '@xyflow/react';
import { Fragment, useSyncExternalStore } from 'react';
import { Canvas } from '../canvas/canvas.tsx';
import { Inspector } from '../inspector/inspector.tsx';
import { Scrubber } from '../runs/history/scrubber.tsx';
import { RunPanel } from '../runs/run-panel.tsx';
import { Banner } from './banner.tsx';
import { BrokenScreen } from './broken-screen.tsx';
import { Dialogs } from './dialogs.tsx';
import { DropFile } from './drop-file.tsx';
import { Palette } from './palette.tsx';
import { StartScreen } from './start-screen.tsx';
import { StatusBar } from './status-bar.tsx';
import { language, onLanguage } from './strings/index.ts';
import { useDocument, useUi } from './studio-context.ts';
import { TopBar } from './top-bar.tsx';

export function App() {
  const file = useDocument((state) => state.file);
  const session = useDocument((state) => state.session);
  const broken = useDocument((state) => state.broken);
  // Another language: all is drawn anew, as texts stand in the screen and in what it remembers of it.
  const shown = useSyncExternalStore(onLanguage, language);
  return (
    <Fragment key={shown}>
      {file !== null ? (
        <Workbench key={session} />
      ) : broken !== null ? (
        <BrokenScreen broken={broken} />
      ) : (
        <StartScreen />
      )}
      <Dialogs />
      <DropFile />
    </Fragment>
  );
}

function Workbench() {
  const open = useUi((state) => state.panelOpen);
  const height = useUi((state) => state.panelHeight);
  return (
    <ReactFlowProvider>
      <div
        className="workbench"
        style={{ gridTemplateRows: `44px auto 1fr auto ${open ? `${height}px` : '35px'} 24px` }}
      >
        <TopBar />
        <Banner />
        <Palette />
        <main className="canvas-frame">
          <Canvas />
        </main>
        <Scrubber />
        <Inspector />
        <RunPanel />
        <StatusBar />
      </div>
    </ReactFlowProvider>
  );
}
