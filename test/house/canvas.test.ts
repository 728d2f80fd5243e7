import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../tools/node-red/cell';
import type { FlowNode } from '../../tools/node-red/start';

const EXAMPLES = join(ROOT, 'examples');
/** As the editor draws: a label of about 7 px a letter, room for icon and port, in steps of 20 px. */
const LETTER = 7;
const ICON_AND_PORT = 57;
const STEP = 20;
const LEAST_WIDTH = 100;
const HEIGHT = 30;
/** Room for a wire that can be seen, and between rows for a status. */
const GAP = { x: 25, y: 4 };
const SMALL = ['junction', 'link in', 'link out'];

type Placed = FlowNode & { x: number; y: number };

const isPlaced = (node: FlowNode): node is Placed => typeof node.x === 'number' && node.type !== 'group';

function widthOf({ type, name, l }: Placed): number {
  if (l === false || (SMALL.includes(type) && l !== true)) return HEIGHT;
  const lines = String(name || type).split('\\n');
  const text = ICON_AND_PORT + LETTER * Math.max(...lines.map((line) => line.length));
  return Math.max(LEAST_WIDTH, STEP * Math.ceil(text / STEP));
}

function tooClose(a: Placed, b: Placed): boolean {
  return (
    a.z === b.z &&
    Math.abs(a.x - b.x) < (widthOf(a) + widthOf(b)) / 2 + GAP.x &&
    Math.abs(a.y - b.y) < HEIGHT + GAP.y
  );
}

describe('the examples on the canvas', () => {
  for (const file of readdirSync(EXAMPLES).filter((name) => name.endsWith('.json'))) {
    it(`${file} has no nodes that touch`, () => {
      const nodes = (JSON.parse(readFileSync(join(EXAMPLES, file), 'utf8')) as FlowNode[]).filter(isPlaced);
      const pairs = nodes.flatMap((a, i) => nodes.slice(i + 1).map((b) => [a, b] as const));
      assert.deepEqual(
        pairs.filter(([a, b]) => tooClose(a, b)).map((pair) => pair.map(({ name, type }) => name || type)),
        [],
      );
    });
  }
});
