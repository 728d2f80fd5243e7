import assert from 'node:assert/strict';
import { ConfigError } from '../../../src/config';
import { type Knobs, knobsNow, setKnobs, usualKnobs } from '../../../src/gc/flags';

function refuses(knobs: Record<string, unknown>, says: RegExp): void {
  assert.throws(
    () => setKnobs(knobs as Partial<Knobs>),
    (error) => error instanceof ConfigError && says.test(error.message),
  );
}

describe('knobs', () => {
  afterEach(() => {
    setKnobs(usualKnobs());
  });

  it('a flag that is not on the list is refused by name, whatever it is', () => {
    for (const name of [
      'memory-balancer',
      'minor-ms',
      'single-threaded-gc',
      'max-old-space-size',
      'constructor',
    ]) {
      refuses({ [name]: 1 }, new RegExp(`${name}.*one of heap-growing-percent`));
    }
  });

  it('a growth factor of 0, which crashes V8, is refused', () => {
    refuses({ 'semi-space-growth-factor': 0 }, /whole number from 1 to 2/);
  });

  it('one bad value among good ones turns nothing', () => {
    refuses({ 'heap-growing-percent': 20, 'semi-space-growth-factor': 'no' }, /from 1 to 2/);
    assert.equal(knobsNow()['heap-growing-percent'], 0);
  });

  it('only what changes is turned', () => {
    assert.deepEqual(setKnobs({ 'heap-growing-percent': 40, 'semi-space-growth-factor': 2 }), {
      'heap-growing-percent': 40,
    });
    assert.deepEqual(setKnobs({ 'heap-growing-percent': 40 }), {});
    assert.equal(knobsNow()['heap-growing-percent'], 40);
  });

  it('the usual values are those of the command line, however it is written', () => {
    assert.deepEqual(usualKnobs([]), {
      'heap-growing-percent': 0,
      'incremental-marking-hard-trigger': 0,
      'semi-space-growth-factor': 2,
    });
    assert.deepEqual(usualKnobs(['--heap_growing_percent=35', '--trace-gc']), {
      'heap-growing-percent': 35,
      'incremental-marking-hard-trigger': 0,
      'semi-space-growth-factor': 2,
    });
  });
});
