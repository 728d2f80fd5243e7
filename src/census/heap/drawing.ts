/** A chain of boxes, told from the top down, with its words. Only names, types and sizes get in here. */
export interface Column {
  title: string;
  boxes: { edge: string; label: string; detail: string }[];
}

const BOX = { width: 220, height: 40, gap: 34, margin: 16 };
const HEAD = 46;
const MOST_LETTERS = 34;

/** Each chain as one path of a directed graph, for Graphviz. */
export function drawDot(columns: readonly Column[]): string {
  const lines = ['digraph retainers {', '  rankdir=TB; node [shape=box fontname="sans-serif" fontsize=10];'];
  for (const [at, { title, boxes }] of columns.entries()) {
    lines.push(`  o${at} [label=${quote(title)} style=filled fillcolor="#fde0dc"];`);
    let above = `o${at}`;
    for (const [row, { edge, label, detail }] of boxes.entries()) {
      const name = `n${at}_${row}`;
      lines.push(`  ${name} [label=${quote(detail ? `${label}\n${detail}` : label)}];`);
      lines.push(`  ${above} -> ${name} [label=${quote(edge)}];`);
      above = name;
    }
  }
  return `${[...lines, '}'].join('\n')}\n`;
}

/** The chains side by side, as a picture that stands alone: no script, no link, no font of its own. */
export function drawSvg(columns: readonly Column[]): string {
  const { width, height, gap, margin } = BOX;
  const rows = Math.max(0, ...columns.map(({ boxes }) => boxes.length));
  const total = {
    width: margin + columns.length * (width + margin),
    height: HEAD + margin + rows * (height + gap) + margin,
  };
  const parts = columns.flatMap((column, at) => drawColumn(column, margin + at * (width + margin)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${total.width} ${total.height}" width="${total.width}" height="${total.height}" font-family="sans-serif" font-size="11">`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function drawColumn({ title, boxes }: Column, x: number): string[] {
  const { width, height, gap, margin } = BOX;
  const middle = x + width / 2;
  const parts = [
    box(x, margin, width, HEAD - 8, '#fde0dc', '#c0392b'),
    ...words(title).map((line, at, all) =>
      text(middle, margin + 19 + (at - (all.length - 1) / 2) * 13 + 4, line, true),
    ),
  ];
  let from = margin + HEAD - 8;
  for (const [row, { edge, label, detail }] of boxes.entries()) {
    const y = HEAD + margin + row * (height + gap) + gap - 8;
    parts.push(
      `<path d="M${middle} ${from}V${y - 5}" stroke="#888888" fill="none"/>`,
      `<path d="M${middle - 4} ${y - 6}L${middle} ${y}L${middle + 4} ${y - 6}Z" fill="#888888"/>`,
      text(middle + 7, (from + y) / 2 + 4, edge, false, 'start', '#666666'),
      box(x, y, width, height, row === boxes.length - 1 ? '#d6eaf8' : '#f4f6f7', '#7f8c8d'),
      text(middle, y + (detail ? 17 : 24), label, true),
      ...(detail ? [text(middle, y + 32, detail, false, 'middle', '#666666')] : []),
    );
    from = y + height;
  }
  return parts;
}

function box(x: number, y: number, width: number, height: number, fill: string, stroke: string): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="5" fill="${fill}" stroke="${stroke}"/>`;
}

function text(
  x: number,
  y: number,
  words: string,
  bold: boolean,
  anchor = 'middle',
  fill = '#222222',
): string {
  const weight = bold ? ' font-weight="bold"' : '';
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${fill}"${weight}>${escapeXml(short(words))}</text>`;
}

/** A title in at most two lines. */
function words(title: string): string[] {
  if (title.length <= MOST_LETTERS) return [title];
  const at = title.lastIndexOf(' ', MOST_LETTERS);
  return at <= 0 ? [title] : [title.slice(0, at), title.slice(at + 1)];
}

function short(words: string): string {
  return words.length > MOST_LETTERS ? `${words.slice(0, MOST_LETTERS - 1)}…` : words;
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Names come from foreign code: what XML cannot hold, even escaped, becomes a space. */
function escapeXml(words: string): string {
  return words
    .replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '')
    .replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, ' ');
}

function quote(words: string): string {
  return `"${words.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
