/** Ways out: a picture, a chart for a page, the document's text. */
import { copyJson, copyMermaid, savePng, saveSvg } from '../export/export.ts';
import type { Action } from './action.ts';
import { hasDocument } from './document-actions.ts';

const PICTURE = 'M2 3h12v10H2zM2 11l3.500-3.500 3 3L11 8l3 3M10.500 6h.01';
const COPY = 'M5.500 5.500v-3h8v8h-3M2.500 5.500h8v8h-8z';

export const EXPORT_ACTIONS: readonly Action[] = [
  { id: 'export-svg', label: () => 'action.exportSvg', icon: PICTURE, when: hasDocument, perform: saveSvg },
  { id: 'export-png', label: () => 'action.exportPng', icon: PICTURE, when: hasDocument, perform: savePng },
  {
    id: 'copy-mermaid',
    label: () => 'action.copyMermaid',
    icon: COPY,
    when: hasDocument,
    perform: copyMermaid,
  },
  { id: 'copy-json', label: () => 'action.copyJson', icon: COPY, when: hasDocument, perform: copyJson },
];
