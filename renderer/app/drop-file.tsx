/** A `.weir` file dropped anywhere in the window is opened as a document without a place of its own. */
import { useEffect, useState } from 'react';
import { DOCUMENT_SIZE_MAX } from '../../engine/contract/document.ts';
import { problem } from '../../engine/contract/problems.ts';
import { openCopy } from './files.ts';
import { t } from './strings/index.ts';
import { useStudio } from './studio-context.ts';

export function DropFile() {
  const studio = useStudio();
  const [over, setOver] = useState(false);
  useEffect(() => {
    const hasFile = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
    const drag = (event: DragEvent): void => {
      if (hasFile(event)) setOver(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      setOver(false);
      const file = event.dataTransfer?.files[0];
      if (file === undefined) return;
      // Four bytes at most for two of the characters that the limit counts.
      if (file.size > 3 * DOCUMENT_SIZE_MAX) {
        studio.ui.setState({ notice: tooLarge(file) });
        return;
      }
      void file.text().then((text) => openCopy(studio, file.name, text));
    };
    window.addEventListener('dragenter', drag);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragenter', drag);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, [studio]);
  return over ? <div className="drop-veil">{t('start.dropNow')}</div> : null;
}

const tooLarge = (file: File) =>
  problem('D-SIZE', {
    path: [],
    message: `${file.name} is too large for a document.`,
    value: `${(file.size / 1e6).toFixed(1)} MB`,
    expected: `at most ${(DOCUMENT_SIZE_MAX / 1e6).toFixed(1)} MB`,
    next: 'Data is not dropped here: name it in a File source.',
  });
