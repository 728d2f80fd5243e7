import assert from 'node:assert/strict';
import fc from 'fast-check';
import { startLines, startOptions } from '../../../src/gc/start';

const MB = 1_048_576;

describe('start options', () => {
  it('the heap they allow fits into the budget beside what is outside of it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 120, max: 8192 }), (megabytes) => {
        const options = startOptions(megabytes * MB);
        const most = options['max-old-space-size'] + 3 * options['max-semi-space-size'] + 40;
        assert.ok(most <= megabytes, `${most} of ${megabytes}`);
      }),
    );
  });

  it('a heap in which Node-RED could not even start is never recommended', () => {
    assert.equal(startOptions(60 * MB)['max-old-space-size'], 48);
  });

  it('one set of options is written as every way of starting wants it', () => {
    assert.deepEqual(startLines({ 'max-old-space-size': 125, 'max-semi-space-size': 2 }), {
      nodeOptions: '--max-old-space-size=125 --max-semi-space-size=2',
      systemd: '[Service]\nEnvironment="NODE_OPTIONS=--max-old-space-size=125 --max-semi-space-size=2"',
      docker: '--env NODE_OPTIONS="--max-old-space-size=125 --max-semi-space-size=2"',
      flowfuse: 'NODE_OPTIONS = --max-old-space-size=125 --max-semi-space-size=2\ndevice.yml: heapSize: 125',
    });
  });

  it('no options are no lines', () => {
    assert.equal(startLines({}), null);
  });
});
