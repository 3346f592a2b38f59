import type { Link } from '../contract/link.ts';

/** Joins two links: what comes from one goes to the other, and they close together. */
export function pipe(a: Link, b: Link): void {
  a.onMessage((frame) => b.send(frame));
  b.onMessage((frame) => a.send(frame));
  a.onClose(() => b.close());
  b.onClose(() => a.close());
}
