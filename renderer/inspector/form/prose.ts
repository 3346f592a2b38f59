/** Notes as people write them: paragraphs, code between backticks, and lines of code that stand apart. */
export type ProseBlock =
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'text'; readonly parts: readonly { readonly code: boolean; readonly text: string }[] };

export function proseOf(text: string): readonly ProseBlock[] {
  const blocks: ProseBlock[] = [];
  // Fenced code keeps its blank lines; the rest falls into paragraphs at them.
  for (const [i, part] of text.split(/^```[^\n]*$/m).entries()) {
    if (i % 2 === 1) blocks.push({ kind: 'code', text: part.replace(/^\n|\n$/g, '') });
    else for (const paragraph of part.split(/\n\s*\n/)) push(blocks, paragraph);
  }
  return blocks;
}

function push(blocks: ProseBlock[], paragraph: string): void {
  if (paragraph.trim() === '') return;
  const lines = paragraph.replace(/^\n+|\n+$/g, '').split('\n');
  // A command stands apart in the notes of the examples too, without being marked as one.
  if (lines.every((line) => /^( {4}|\t)/.test(line)) || lines.every((line) => /^(curl|npx) /.test(line))) {
    blocks.push({ kind: 'code', text: lines.map((line) => line.replace(/^( {4}|\t)/, '')).join('\n') });
    return;
  }
  const pieces = lines
    .map((line) => line.trim())
    .join(' ')
    .split('`');
  // A backtick without its partner is a backtick.
  if (pieces.length % 2 === 0) {
    const last = pieces.pop() ?? '';
    pieces[pieces.length - 1] = `${pieces.at(-1) ?? ''}\`${last}`;
  }
  blocks.push({
    kind: 'text',
    parts: pieces.map((piece, i) => ({ code: i % 2 === 1, text: piece })).filter(({ text }) => text !== ''),
  });
}
