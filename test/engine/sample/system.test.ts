import assert from 'node:assert/strict';
import { readSystem } from '../../../src/sample/system';
import { callsOf, machine } from '../../support/machines';

const KB = 1024;
const linux = callsOf('linux');

describe("the machine's memory", () => {
  it('is what can be had without swapping, not what lies free, on a Raspberry Pi', () => {
    assert.deepEqual(readSystem(machine('pi-64'), linux), {
      total: 3883104 * KB,
      available: 3404616 * KB,
      swapTotal: 102396 * KB,
      swapFree: 102396 * KB,
    });
  });

  it('is whole on 32 bits, high memory included', () => {
    assert.deepEqual(readSystem(machine('pi-32'), linux), {
      total: 945512 * KB,
      available: 742156 * KB,
      swapTotal: 102396 * KB,
      swapFree: 100860 * KB,
    });
  });

  it('has no available figure on a kernel that tells none', () => {
    assert.deepEqual(readSystem(machine('old-kernel'), linux), {
      total: 1026120 * KB,
      available: null,
      swapTotal: 522236 * KB,
      swapFree: 498812 * KB,
    });
  });

  it('is null where meminfo is broken', () => {
    const nothing = { total: null, available: null, swapTotal: null, swapFree: null };
    assert.deepEqual(readSystem(machine('pi-64', { '/proc/meminfo': '' }), linux), nothing);
    assert.deepEqual(readSystem(machine('malformed'), linux), { ...nothing });
  });

  it('has its total from Node.js where meminfo cannot be read', () => {
    assert.deepEqual(readSystem(machine('pi-64', { '/proc/meminfo': null }), linux), {
      total: 8 * 2 ** 30,
      available: null,
      swapTotal: null,
      swapFree: null,
    });
  });

  it('is available on Windows as Node.js tells it', () => {
    assert.deepEqual(readSystem(machine('windows'), callsOf('win32')), {
      total: 8 * 2 ** 30,
      available: 2 ** 30,
      swapTotal: null,
      swapFree: null,
    });
  });

  it('has no available figure on macOS, where "free" says nothing', () => {
    assert.deepEqual(readSystem(machine('macos'), callsOf('darwin')), {
      total: 8 * 2 ** 30,
      available: null,
      swapTotal: null,
      swapFree: null,
    });
  });
});
