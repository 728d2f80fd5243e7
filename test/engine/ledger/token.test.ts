import assert from 'node:assert/strict';
import type { FlowNode } from '../../../src';
import { Token, type TokenKeeper } from '../../../src/ledger/token';

const keeper = { unsettled() {}, ended() {} } satisfies TokenKeeper;
const nodes = Array.from({ length: 20 }, (_, at) => ({ id: `n${at}`, type: 'x' }) as unknown as FlowNode);

function trailOf(visited: readonly FlowNode[], trail = true): string[] {
  const token = new Token({ kind: 'lease', trail, onEnd() {} }, keeper);
  for (const node of visited) token.visit(node);
  return token.trail.map(({ id }) => id);
}

describe('the trail of a token', () => {
  it('is the last eight nodes, however long the way or a loop was', () => {
    assert.deepEqual(
      trailOf(nodes),
      nodes.slice(-8).map(({ id }) => id),
    );
    const round = nodes.slice(0, 3);
    const loop = Array.from({ length: 300 }, () => round).flat();
    assert.equal(trailOf(loop).length, 8);
  });

  it('names a node once that gets several messages in a row, and is empty unless asked for', () => {
    const [a, b] = nodes as [FlowNode, FlowNode];
    assert.deepEqual(trailOf([a, a, b, b, a]), ['n0', 'n1', 'n0']);
    assert.deepEqual(trailOf(nodes, false), []);
  });
});
