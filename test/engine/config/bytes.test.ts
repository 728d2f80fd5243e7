import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bytes, formatBytes, Invalid, parseBytes } from '../../../src/config';

describe('bytes as people write them', () => {
  it('are read with units of 1024, in any common spelling', () => {
    const MB = 2 ** 20;
    const same = [
      '64 MB',
      '64mb',
      '64 MiB',
      '64M',
      ' 64  m ',
      '67108864',
      '67108864 B',
      '67108864 bytes',
      '65536 KB',
    ];
    for (const text of same) assert.equal(parseBytes(text), 64 * MB, text);
    assert.equal(parseBytes('1.5 GB'), 1536 * MB);
    assert.equal(parseBytes('1,5 GB'), 1536 * MB);
    assert.equal(parseBytes('2 TB'), 2 * 2 ** 40);
    assert.equal(parseBytes('-3 KB'), -3072);
  });

  it('are NaN for anything else', () => {
    for (const text of [
      '',
      ' ',
      'MB',
      '64 XB',
      '64 M B',
      '6 4 MB',
      '1e6',
      '0x10',
      '1.2.3 MB',
      'NaN',
      'Infinity',
      '64 MBit',
    ]) {
      assert(Number.isNaN(parseBytes(text)), text);
    }
  });

  it('are shown with three figures at most', () => {
    const shown = [
      0,
      1,
      999,
      1000,
      1023,
      1024,
      1536,
      118 * 2 ** 20,
      1.5 * 2 ** 30,
      -3.1 * 2 ** 20,
      2 ** 50,
    ].map((value) => formatBytes(value));
    assert.deepEqual(shown, [
      ...[
        '0 B',
        '1 B',
        '999 B',
        '0.98 KB',
        '1 KB',
        '1 KB',
        '1.5 KB',
        '118 MB',
        '1.5 GB',
        '-3.1 MB',
        '1024 TB',
      ],
    ]);
  });

  it('are shown within 5 percent of the truth', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 50 }), (value) => {
        const text = formatBytes(value);
        assert(text.length <= 8, text);
        assert(Math.abs(parseBytes(text) - value) <= value * 0.05 + 0.5, text);
      }),
    );
  });

  it('are shown exactly in a form', () => {
    assert.equal(formatBytes(64 * 2 ** 20, { exact: true }), '64 MB');
    assert.equal(formatBytes(1.5 * 2 ** 30, { exact: true }), '1.5 GB');
    assert.equal(formatBytes(1_000_000, { exact: true }), '1000000 B');
  });

  it('are refused with the range and the unit when they do not fit', () => {
    const field = bytes({ default: 4096, min: 4096, max: 2 ** 20 });
    for (const raw of ['2 MB', '1 KB', '64 XB', -1, 4096.5, Number.NaN]) {
      assert(field.parse(raw) instanceof Invalid, String(raw));
    }
    assert.equal(field.expected, '4 KB to 1 MB');
  });
});
