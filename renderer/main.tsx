/** Entry of the page: the studio is made once, and shown. */
import './app/language.ts';
import '@fontsource/inter/400.css';
import '@fontsource/inter/600.css';
import '@fontsource/jetbrains-mono/400.css';
import '@xyflow/react/dist/base.css';
import 'uplot/dist/uPlot.min.css';
import './ui/tokens.css';
import './ui/base.css';
import './ui/japanese.css';
import './ui/state-mark.css';
import './ui/controls.css';
import './canvas/canvas.css';
import './app/app.css';
import './app/palette.css';
import './app/screens.css';
import './app/dialogs.css';
import './inspector/inspector.css';
import './inspector/form.css';
import './inspector/expression.css';
import './inspector/drawing/drawing.css';
import './runs/runs.css';
import './runs/time/time.css';
import './runs/checkpoints/checkpoints.css';
import './changes/changes.css';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { ErrorBoundary } from './app/error-boundary.tsx';
import { start } from './app/start.ts';
import { StudioContext } from './app/studio-context.ts';
import { pickHost } from './host/pick.ts';
import { createStudio } from './store/studio.ts';

const studio = createStudio({
  host: pickHost(),
  storage: localStorage,
  schedule: (callback) => requestAnimationFrame(callback),
});
start(studio);

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StudioContext value={studio}>
    <ErrorBoundary>
      <App />
    </ErrorBoundary>
  </StudioContext>,
);
