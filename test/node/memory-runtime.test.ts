import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import memoryRuntime from '../../nodes/memory-runtime/memory-runtime';

type Runtime = Parameters<typeof memoryRuntime>[0];

describe('memory-runtime', () => {
  it('registers itself as a plugin', () => {
    const registered: string[] = [];
    memoryRuntime({ plugins: { registerPlugin: (id: string) => registered.push(id) } } as unknown as Runtime);
    assert.deepEqual(registered, ['memory-runtime']);
  });

  it('loads where plugins are not known', () => {
    memoryRuntime({} as NodeAPI);
  });
});
