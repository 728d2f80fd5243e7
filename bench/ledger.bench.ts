/** What following messages costs a chain of ten function nodes in a real Node-RED. */
import { table } from '../tools/table';
import { figuresOf } from './support/child';
import { type Measured, moreThanOne, over, told } from './support/measure';

const costs = figuresOf<Record<string, Measured>>('function-chain');
const [bare] = Object.values(costs);
console.log('CPU µs for one message through ten function nodes:\n');
console.log(
  table(
    ['', 'µs', 'more than bare'],
    Object.entries(costs).map(([name, cost]) => [
      name,
      told(cost),
      cost === bare ? '' : moreThanOne(over(cost, bare as Measured)),
    ]),
  ),
);
