/** Kahn's algorithm, stable: nodes keep the order of the document where the edges leave it open. */
export function topological(
  ids: readonly string[],
  edges: readonly { readonly from: { readonly node: string }; readonly to: { readonly node: string } }[],
): { readonly order: string[]; readonly cyclic: string[] } {
  const waiting = new Map(ids.map((id) => [id, 0]));
  const targets = new Map<string, string[]>();
  for (const { from, to } of edges) {
    const count = waiting.get(to.node);
    if (count === undefined || !waiting.has(from.node)) continue;
    waiting.set(to.node, count + 1);
    const list = targets.get(from.node);
    if (list === undefined) targets.set(from.node, [to.node]);
    else list.push(to.node);
  }
  const order = ids.filter((id) => waiting.get(id) === 0);
  for (let at = 0; at < order.length; at++) {
    for (const target of targets.get(order[at] ?? '') ?? []) {
      const left = (waiting.get(target) ?? 0) - 1;
      waiting.set(target, left);
      if (left === 0) order.push(target);
    }
  }
  const done = new Set(order);
  return { order, cyclic: ids.filter((id) => !done.has(id)) };
}
