import { type InFlight, inFlight } from '../../census';
import { ledger } from '../../ledger';
import type { Instrument, Reading } from '../instrument';
import { oncePerScene } from '../scene';

/** Nodes told of, those that hold most first: a flow of thousands of nodes must not flood the database. */
const MOST_NODES = 20;

const FIGURES: readonly [string, Instrument['unit'], (node: InFlight) => number, string][] = [
  ['headroom.held.messages', '', ({ messages }) => messages, 'Messages that a node holds.'],
  ['headroom.held.memory', 'By', ({ bytes }) => bytes, 'About how many bytes the held messages take.'],
  ['headroom.held.oldest', 's', ({ oldestMs }) => oldestMs / 1000, 'Age of the oldest held message.'],
];

const nodesOf = oncePerScene(() => inFlight(ledger, MOST_NODES));

/** Who holds messages; there only while somebody counts them: a `memory-census` node, or the endpoint if asked to. */
export const held: readonly Instrument[] = FIGURES.map(([name, unit, figure, help]) => ({
  name,
  kind: 'updown',
  unit,
  help,
  labels: ['node_id', 'node', 'type', 'flow'],
  read: (scene) =>
    nodesOf(scene).map(
      (node): Reading => ({
        value: figure(node),
        labels: { node_id: node.id, node: node.name, type: node.type, flow: node.flow },
      }),
    ),
}));
