/**
 * How a node does against what one would take instead, for the summary on top of `bench/results.md`. A bench tells it in a
 * comment of Markdown that nobody sees beside its table, so that the summary is made anew from the sections alone.
 */
import { figure, type Measured } from './measure';

export interface Against {
  /** Names of nodes, with commas. */
  nodes: string;
  /** What one would take instead. */
  peer: string;
  /** What is compared: less of it is better. */
  of: string;
  /** What the node takes of that, divided by what the peer takes. */
  ratio: Measured;
}

export type Row = Omit<Against, 'ratio'> & { median: number; least: number; most: number };

const LINE = /^<!-- against: (.*) -->\n?/gm;

export function printAgainst({ nodes, peer, of, ratio }: Against): void {
  const [least, most] = ratio.spread;
  // What could not be measured, such as the least of nothing, is no comparison.
  if (![ratio.median, least, most].every(Number.isFinite)) return;
  const row: Row = { nodes, peer, of, median: ratio.median, least, most };
  console.log(`<!-- against: ${JSON.stringify(row)} -->`);
}

export function againstOf(section: string): Row[] {
  return [...section.matchAll(LINE)].map(([, json = '']) => JSON.parse(json) as Row);
}

export function withoutAgainst(section: string): string {
  return section.replace(LINE, '');
}

export const [HEADROOM, PEER, NOBODY] = ['Headroom', '**the peer**', 'nobody for sure'] as const;

/** Nobody is ahead of whom the other was in some round. */
export function whoIsAhead({ least, most }: Row): string {
  if (most < 1) return HEADROOM;
  return least > 1 ? PEER : NOBODY;
}

export function ratioOf({ median, least, most }: Row): string {
  return least === most ? figure(median) : `${figure(median)} (${figure(least)} to ${figure(most)})`;
}
