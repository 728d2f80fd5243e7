import assert from 'node:assert/strict';
import { type Row, whoIsAhead } from '../../bench/support/against';
import { over, summarise } from '../../bench/support/measure';
import { svgOf } from '../../bench/support/plot';
import { forDocs, resultsOf, sectionsOf } from '../../bench/support/results';

const row = (least: number, most: number): Row => ({
  nodes: 'memory-ring',
  peer: 'denque',
  of: 'bytes of a sample',
  median: (least + most) / 2,
  least,
  most,
});
const section = (of: Row): string =>
  `*machine, took 7 s*\n\nfigures\n<!-- against: ${JSON.stringify(of)} -->`;
const subjects = new Map([
  ['gate', 'Gates'],
  ['ring', 'Windows'],
]);
const written = (sections: Map<string, string>, failed: string[] = []): string =>
  resultsOf('*machine*', ['memory-ring', 'memory-gc'], subjects, sections, new Set(failed));

describe('the report of benchmarks', () => {
  it('says that somebody is ahead only where no round says otherwise', () => {
    const verdicts = [row(0.5, 0.9), row(0.9, 1.2), row(1.1, 1.2)].map(whoIsAhead);
    assert.deepEqual(verdicts, ['Headroom', 'nobody for sure', '**the peer**']);
  });

  it('takes the spread of a ratio round by round', () => {
    const { median, spread } = over(summarise([2, 20, 4]), summarise([1, 10, 1]));
    assert.deepEqual({ median, spread }, { median: 2, spread: [2, 4] });
  });

  it('keeps the sections of benches that did not run', () => {
    const sections = new Map([['ring', section(row(0.5, 0.9))]]);
    assert.deepEqual(sectionsOf(written(sections)), sections);
  });

  it('names nodes that are compared with nothing, and benches that failed', () => {
    const text = written(new Map([['ring', section(row(0.5, 0.9))]]), ['ring']);
    assert.match(text, /`memory-ring` +\| denque /);
    assert.match(text, /`memory-gc` +\| not compared/);
    assert.match(text, /failed; older figures/);
  });

  it('gives pages of docs no row of the summary, and plots by their place', () => {
    const shown = forDocs(`${section(row(0.5, 0.9))}\n\n![plot](plots/ring.svg)`);
    assert.equal(shown, '*machine, took 7 s*\n\nfigures\n\n![plot](../bench/plots/ring.svg)');
  });

  it('draws a plot without points, and texts that are no XML', () => {
    const axis = { label: 'a < b', log: true };
    const svg = svgOf({ title: 'R & D', x: axis, y: axis, series: [{ name: '<none>', points: [] }] });
    assert.doesNotMatch(svg, /NaN|Infinity|& |<none>/);
  });
});
