/** `bench/results.md`: what stands in it, and how it is made of its sections. */
import { table } from '../../tools/table';
import { againstOf, HEADROOM, NOBODY, PEER, type Row, ratioOf, whoIsAhead, withoutAgainst } from './against';

/** What each bench has printed, below the line of its machine, by the name of the bench. */
export type Sections = ReadonlyMap<string, string>;

const CONTENTS = 'Contents';
const SUMMARY = 'Summary';

export function sectionsOf(results: string): Map<string, string> {
  const parts = results.split(/^## (.+)$/m).slice(1);
  const all = parts.flatMap((part, at): [string, string][] =>
    at % 2 === 0 ? [[part, (parts[at + 1] ?? '').trim()]] : [],
  );
  return new Map(all.filter(([name]) => name !== CONTENTS && name !== SUMMARY));
}

/** A section as a page in `docs/` shows it. */
export function forDocs(section: string): string {
  return withoutAgainst(section)
    .replaceAll('](plots/', '](../bench/plots/')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** How long a section took when it was measured last, in s; unknown is 0. */
export function secondsOf(section = ''): number {
  return Number(/took (\d+) s/.exec(section)?.[1] ?? 0);
}

/**
 * The whole file: what each bench is about, the summary of the nodes, and the sections. `subjects` are the benches in the order of the
 * file, each with what it is about; `failed` are those whose figures are older than this run.
 */
export function resultsOf(
  machine: string,
  nodes: readonly string[],
  subjects: ReadonlyMap<string, string>,
  sections: Sections,
  failed: ReadonlySet<string>,
): string {
  const measured = [...subjects.keys()].filter((name) => sections.has(name));
  const contents = measured.map((name) => {
    const seconds = secondsOf(sections.get(name));
    const took = seconds > 0 ? `${seconds} s` : '';
    return [link(name), subjects.get(name) ?? '', failed.has(name) ? 'failed; older figures' : took];
  });
  const total = measured.reduce((sum, name) => sum + secondsOf(sections.get(name)), 0);
  contents.push(['all', '', `${Math.round(total / 60)} min`]);
  return [
    '# Benchmarks\n',
    'Made by `npm run bench`, not edited by hand. Times are CPU times where not said otherwise. `0.82 (0.79 to 0.91)` is the\nmedian of several rounds, and least to most. Sides of a ratio are measured in turn in the same run, and a ratio has its\nown spread, round by round. Each section has the line of its machine.\n',
    `${machine}\n`,
    `## ${CONTENTS}\n\n${table(['', 'what is measured', 'took'], contents)}\n`,
    `## ${SUMMARY}\n\n${summary(nodes, measured, sections)}\n`,
    ...measured.map((name) => `## ${name}\n\n${sections.get(name)}\n`),
  ].join('\n');
}

interface Told {
  name: string;
  row: Row;
}

const link = (section: string): string => `[${section}](#${section})`;

/** A row for each node: with what it is compared, where, and how often who is ahead. */
function glance(nodes: readonly string[], rows: readonly Told[]): string {
  const head = ['node', 'instead of', 'ahead', 'behind', 'nobody for sure', 'figures'];
  const lines = nodes.map((node) => {
    const own = rows.filter(({ row }) => row.nodes.split(', ').includes(node));
    const count = (who: string): string => String(own.filter(({ row }) => whoIsAhead(row) === who).length);
    const peers = new Set(own.map(({ row }) => row.peer));
    const places = new Set(own.map(({ name }) => link(name)));
    return [
      `\`${node}\``,
      [...peers].join('; ') || 'not compared',
      ...[HEADROOM, PEER, NOBODY].map(count),
      [...places].join(', '),
    ];
  });
  return table(head, lines);
}

function summary(nodes: readonly string[], names: readonly string[], sections: Sections): string {
  const rows = names.flatMap((name) => againstOf(sections.get(name) ?? '').map((row) => ({ name, row })));
  const byNode = rows.sort((a, b) => (a.row.nodes < b.row.nodes ? -1 : a.row.nodes > b.row.nodes ? 1 : 0));
  const explained =
    'Each comparison: what the node takes of it, divided by what one would use instead takes. Below 1 the node is ahead, and\nnobody is for sure where the spread has 1 in it. Bytes, which hardly vary, are measured once.';
  return `${glance(nodes, rows)}\n\n${explained}\n\n${table(
    ['node', 'instead of', 'what', 'node ÷ other', 'ahead', 'figures'],
    byNode.map(({ name, row }) => [
      row.nodes
        .split(', ')
        .map((node) => `\`${node}\``)
        .join(', '),
      row.peer,
      row.of,
      ratioOf(row),
      whoIsAhead(row),
      link(name),
    ]),
  )}`;
}
