/**
 * In which node an unexpected error happened. Whoever calls into a node catches what is thrown once, names the node and throws it on;
 * calls nest, so the first name is that of the innermost node, and it stays. Nothing is done where nothing is thrown.
 */
const culprits = new WeakMap<Error, string>();

/** The error, or one made of what else was thrown, from now on of this node unless it is of another. Meant to be thrown. */
export function blamed(thrown: unknown, node: string): Error {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (!culprits.has(error)) culprits.set(error, node);
  return error;
}

/** Null: nobody was named. */
export const culpritOf = (error: unknown): string | null =>
  error instanceof Error ? (culprits.get(error) ?? null) : null;

/** For work that is rare: whatever it throws happened in this node. */
export function inNode<T>(node: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw blamed(error, node);
  }
}
