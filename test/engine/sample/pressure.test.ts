import assert from 'node:assert/strict';
import { readPressure } from '../../../src/sample/pressure';
import { machine } from '../../support/machines';

describe('memory pressure', () => {
  it('is the share of the last ten seconds that work stood still', () => {
    assert.deepEqual(readPressure(machine('kubepods-v2')), { some: 12.5, full: 7.25 });
    assert.deepEqual(readPressure(machine('hybrid')), { some: 0, full: 0 });
  });

  it('is null on machines without PSI', () => {
    for (const name of ['pi-64', 'pi-32', 'no-psi', 'old-kernel', 'macos', 'windows'] as const) {
      assert.equal(readPressure(machine(name)), null, name);
    }
  });

  it('is null where the file is broken or cut off', () => {
    assert.equal(readPressure(machine('malformed')), null);
    for (const text of [
      '',
      'some avg10=1.00 avg60=0.00',
      'some avg10=\nfull avg10=\n',
      'full avg10=1.00 \n',
    ]) {
      assert.equal(readPressure(machine('hybrid', { '/proc/pressure/memory': text })), null, text);
    }
  });
});
