import assert from 'node:assert/strict';
import type { Node } from 'node-red';
import { stateStore } from '../../nodes/leak-watch/store';

type Done = (error: Error | null, value?: unknown) => void;

/** A node whose context keeps everything as JSON, as one on disk does, or refuses everything. */
function nodeWith(refusal: Error | null = null) {
  const kept = new Map<string, string>();
  const warnings: string[] = [];
  const node = {
    warn: (text: string) => warnings.push(text),
    context: () => ({
      get: (key: string, store: string, done: Done) => {
        const found = kept.get(`${store}/${key}`);
        done(refusal, found === undefined ? undefined : JSON.parse(found));
      },
      set: (key: string, value: unknown, store: string, done: Done) => {
        if (!refusal) kept.set(`${store}/${key}`, JSON.stringify(value));
        done(refusal);
      },
    }),
  };
  return { node: node as unknown as Node, warnings };
}

describe('the state of leak-watch in a context store', () => {
  it('is there after a restart as it was saved at the stop', async () => {
    const { node } = nodeWith();
    await stateStore(node, 'disk', () => ({ version: 1, detectors: [['a', { n: 1 }]] })).stop();
    const taken: unknown[] = [];
    const next = stateStore(node, 'disk', () => ({}));
    next.load((state) => taken.push(state));
    assert.deepEqual(taken, [{ version: 1, detectors: [['a', { n: 1 }]] }]);
    await next.stop();
  });

  it('is not taken where nothing was saved, nor from another store', async () => {
    const { node } = nodeWith();
    await stateStore(node, 'disk', () => ({ version: 1 })).stop();
    const other = stateStore(node, 'other', () => ({}));
    other.load(() => assert.fail('there is nothing to take'));
    await other.stop();
  });

  it('that cannot be read is a warning, and one that cannot be saved an error', async () => {
    const { node, warnings } = nodeWith(new Error('the disk is full'));
    const store = stateStore(node, 'disk', () => ({}));
    store.load(() => assert.fail('there is nothing to take'));
    assert.deepEqual(warnings, ['stateStore: the disk is full']);
    await assert.rejects(store.stop(), /the disk is full/);
  });
});
