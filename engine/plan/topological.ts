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
  return { order, cyclic: circles(ids, order, targets) };
}

/** What was not ordered, but for what only lies below a circle. */
function circles(
  ids: readonly string[],
  order: readonly string[],
  targets: ReadonlyMap<string, readonly string[]>,
): string[] {
  const done = new Set(order);
  const left = new Set(ids.filter((id) => !done.has(id)));
  const sources = new Map<string, string[]>();
  const leads = new Map<string, number>();
  for (const id of left) {
    const on = (targets.get(id) ?? []).filter((target) => left.has(target));
    leads.set(id, on.length);
    for (const target of on) sources.set(target, [...(sources.get(target) ?? []), id]);
  }
  const ends = [...left].filter((id) => leads.get(id) === 0);
  for (let id = ends.pop(); id !== undefined; id = ends.pop()) {
    left.delete(id);
    for (const source of sources.get(id) ?? []) {
      const open = (leads.get(source) ?? 0) - 1;
      leads.set(source, open);
      if (open === 0) ends.push(source);
    }
  }
  return [...left];
}
