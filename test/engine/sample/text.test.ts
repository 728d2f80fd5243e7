import assert from 'node:assert/strict';
import fc from 'fast-check';
import { numberAfter, plainNumber } from '../../../src/sample/text';

describe('the numbers in kernel text', () => {
  it('are read behind a key at the start of a line, kB as bytes', () => {
    const text = 'MemTotal:         945512 kB\nHugePages_Total:       3\ninactive_file 4096\n';
    assert.equal(numberAfter(text, 'MemTotal'), 945512 * 1024);
    assert.equal(numberAfter(text, 'HugePages_Total'), 3);
    assert.equal(numberAfter(text, 'inactive_file'), 4096);
  });

  it('are not taken from a longer key', () => {
    assert.equal(numberAfter('total_inactive_file 1\ninactive_file 2\n', 'inactive_file'), 2);
    assert.equal(numberAfter('Pss_Dirty:     1 kB\nPss:           2 kB\n', 'Pss'), 2048);
    assert.equal(numberAfter('SwapPss:       1 kB\n', 'Swap'), null);
  });

  it('are found in the last line without a line end', () => {
    assert.equal(numberAfter('oom 1\noom_kill 7', 'oom_kill'), 7);
  });

  it('are null when missing, cut off, negative or not decimal', () => {
    for (const text of [
      '',
      'MemFree: 1 kB',
      'MemTotal:',
      'MemTotal: -1 kB',
      'MemTotal: 0x10',
      'MemTotal: 1e3 kB',
    ]) {
      assert.equal(numberAfter(text, 'MemTotal'), null, text);
    }
  });

  it('are null when too long to be a number', () => {
    const digits = '9'.repeat(400);
    assert.equal(numberAfter(`MemTotal: ${digits} kB`, 'MemTotal'), null);
    assert.equal(plainNumber(digits), null);
  });

  it('are the whole of a file that holds one', () => {
    assert.equal(plainNumber('268435456\n'), 268435456);
    assert.equal(plainNumber('9223372036854771712\n'), Number('9223372036854771712'));
    for (const text of [null, '', '\n', 'max\n', '-1\n', '512M\n', '1 2\n', '1.5\n', '0x10\n']) {
      assert.equal(plainNumber(text), null, String(text));
    }
  });

  it('are finite and not negative, or null, in any text', () => {
    const line = fc.oneof(
      fc.string(),
      fc.tuple(fc.constantFrom('key', 'key:', 'other'), fc.string()).map((words) => words.join(' ')),
      fc.bigInt({ min: 0n, max: 2n ** 70n }).map((value) => `key: ${value} kB`),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        for (const value of [numberAfter(lines.join('\n'), 'key'), plainNumber(lines[0] ?? null)]) {
          assert(value === null || (Number.isFinite(value) && value >= 0));
        }
      }),
    );
  });
});
