/** Expressions of the cases (`counter % 10 = 0 ? 0 : counter`) as SQL. Only the conditional is not SQL yet. */
export function toSql(expression: string): string {
  const question = topLevel(expression, '?');
  if (question < 0) return expression.replaceAll('==', '=').replaceAll('&&', ' AND ').trim();
  const rest = expression.slice(question + 1);
  const colon = topLevel(rest, ':');
  if (colon < 0) return expression;
  const condition = toSql(expression.slice(0, question));
  return `CASE WHEN ${condition} THEN ${toSql(rest.slice(0, colon))} ELSE ${toSql(rest.slice(colon + 1))} END`;
}

/** Where `mark` stands outside parentheses, quotes and inner conditionals; −1: nowhere. */
function topLevel(text: string, mark: '?' | ':'): number {
  let depth = 0;
  let inner = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === "'") quoted = !quoted;
    if (quoted) continue;
    if (char === '(') depth++;
    if (char === ')') depth--;
    if (depth > 0) continue;
    if (char === mark && inner === 0) return at;
    if (mark === ':' && char === '?') inner++;
    if (mark === ':' && char === ':') inner--;
  }
  return -1;
}

/** `user_id := counter % 10`: a computed key; or the name of a field. */
export function parseKey(key: string): { readonly name: string; readonly sql: string | null } {
  const at = key.indexOf(':=');
  if (at < 0) return { name: key.trim(), sql: null };
  return { name: key.slice(0, at).trim(), sql: toSql(key.slice(at + 2).trim()) };
}
