/** What a profile costs a flow, and how true its figures are. */
import { formatBytes } from '../src';
import { table } from '../tools/table';
import { printAgainst } from './support/against';
import { figuresOf } from './support/child';
import { type Measured, moreThanOne, over, told } from './support/measure';

interface Accuracy {
  rows: { id: string; truth: number; read: number }[];
  churned: number;
  readMs: number;
  heapUsed: number;
}

const { costs, readings } = figuresOf<{
  costs: Record<string, Measured>;
  readings: Record<string, Accuracy>;
}>('profile-flow');
const bare = costs.none as Measured;

console.log(
  'CPU µs for one message through JSON, functions, change and switch, by the distance of samples:\n',
);
console.log(
  table(
    ['a sample every', 'µs', 'more than none'],
    Object.entries(costs).map(([name, cost]) => [
      name,
      told(cost),
      cost === bare ? '' : moreThanOne(over(cost, bare)),
    ]),
  ),
);
console.log(
  '\nLive bytes of three function nodes that keep readings, beside one that makes 170 MB and keeps nothing:\n',
);
console.log(
  table(
    ['a sample every', 'node', 'truth', 'read', 'off by'],
    Object.entries(readings).flatMap(([sampleBytes, { rows }]) =>
      rows.map(({ id, truth, read }) => [
        formatBytes(Number(sampleBytes)),
        id,
        formatBytes(truth),
        formatBytes(read),
        `${((read / truth - 1) * 100).toFixed(1)} %`,
      ]),
    ),
  ),
);
printAgainst({
  nodes: 'memory-profile',
  peer: "V8's sampling alone",
  of: 'CPU of a message while a profile runs',
  ratio: over(costs['128 KB'] as Measured, costs["128 KB, V8's sampling alone"] as Measured),
});
const last = Object.values(readings).at(-1);
if (last)
  console.log(
    `\nThe one that keeps nothing shows ${formatBytes(last.churned)}. A reading takes ${Math.round(last.readMs)} ms at a heap of ${formatBytes(last.heapUsed)}.`,
  );
