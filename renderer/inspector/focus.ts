/** Jumping to the control that a problem points at. */
import type { Problem } from '../../engine/contract/problems.ts';
import { pathKeyOf } from './form/values.ts';

/** Shows the control at `path` (or the nearest around it), opens what it is folded in, and focuses it. */
export function focusControl(root: HTMLElement, path: Problem['path']): void {
  const [, , config, ...inner] = path;
  // The panel of the node may be drawn only now.
  requestAnimationFrame(() => {
    for (let length = config === 'config' ? inner.length : 0; length > 0; length--) {
      const found = root.querySelector<HTMLElement>(
        `[data-path="${CSS.escape(pathKeyOf(inner.slice(0, length)))}"]`,
      );
      if (found === null) continue;
      for (
        let fold = found.closest('details');
        fold !== null;
        fold = fold.parentElement?.closest('details') ?? null
      )
        fold.open = true;
      found.scrollIntoView({ block: 'center' });
      found.querySelector<HTMLElement>('input, textarea, select, button')?.focus({ preventScroll: true });
      return;
    }
  });
}
