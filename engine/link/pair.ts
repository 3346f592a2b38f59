import type { Link } from '../contract/link.ts';

/** Two ends of a link inside one process: frames arrive in a later turn, as over a wire. */
export function linkPair(): [Link, Link] {
  const ends = [end(), end()] as const;
  let open = true;
  const close = (): void => {
    if (!open) return;
    open = false;
    queueMicrotask(() => {
      for (const { closed } of ends) for (const listener of closed) listener();
    });
  };
  const linkTo = (own: End, other: End): Link => ({
    send: (frame) => {
      if (open) queueMicrotask(() => void (open && other.message?.(frame)));
    },
    onMessage: (listener) => {
      own.message = listener;
    },
    onClose: (listener) => void own.closed.push(listener),
    close,
  });
  return [linkTo(ends[0], ends[1]), linkTo(ends[1], ends[0])];
}

interface End {
  message: ((frame: Uint8Array) => void) | null;
  readonly closed: (() => void)[];
}
const end = (): End => ({ message: null, closed: [] });
