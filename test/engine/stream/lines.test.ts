import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LineSource } from '../../../src';
import { bytesOf, drain } from './bytes';

const lines = (content: string | Buffer, sizes?: number[], most = 1_000_000): Promise<unknown[]> =>
  drain(new LineSource(bytesOf(content, sizes), most));

/** What a text of any size is cut into, with all of it in memory. */
function reference(text: string): string[] {
  const parts = text.replace(/^\ufeff/, '').split(/\r?\n/);
  if (parts.at(-1) === '') parts.pop();
  return parts;
}

const texts = fc
  .array(fc.constantFrom('a', '\n', '\r\n', '\r', 'ä', '€', '😀', '\ufeff', 'line', ''), { maxLength: 40 })
  .map((parts) => parts.join(''));
const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 60 });

describe('lines', () => {
  it('are the same however the bytes come', async () => {
    await fc.assert(
      fc.asyncProperty(texts, sizes, async (text, pieces) => {
        assert.deepEqual(await lines(text, pieces), reference(text));
      }),
    );
  });

  it('read broken UTF-8 as U+FFFD, as one piece would', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), sizes, async (bytes, pieces) => {
        const content = Buffer.from(bytes);
        fc.pre(
          !(content[0] === 0xff && content[1] === 0xfe) && !(content[0] === 0xfe && content[1] === 0xff),
        );
        assert.deepEqual(await lines(content, pieces), reference(content.toString('utf8')));
      }),
    );
  });

  for (const [what, content, expected] of [
    ['without a last newline', 'a\nb', ['a', 'b']],
    ['with a last newline', 'a\nb\n', ['a', 'b']],
    ['with CRLF', 'a\r\nb\r\n', ['a', 'b']],
    ['with a byte order mark', '\ufeffa\n\ufeffb', ['a', '\ufeffb']],
    ['that are empty', '\n\n', ['', '']],
    ['of nothing but a byte order mark', '\ufeff', []],
  ] as const) {
    it(`come out right ${what}`, async () => {
      assert.deepEqual(await lines(content), expected);
    });
  }

  it('that are too long are passed over with their number, in bounded memory, and the next one comes', async () => {
    const long = 'x'.repeat(500_000);
    const source = new LineSource(bytesOf(`a\n${long}\r\nb\n${long}`, Array(40).fill(65_536)), 100_000);
    assert.deepEqual(await drain(source), [
      'a',
      'BadItem: line 2: is 500001 bytes long, expected at most 100000',
      'b',
      'BadItem: line 4: is 500000 bytes long, expected at most 100000',
    ]);
  });

  it('of exactly the longest length are taken, with either ending', async () => {
    for (const ending of ['\n', '\r\n', '']) {
      for (const piece of [1, 3, 100_000]) {
        const text = `${'x'.repeat(9)}${ending}`;
        assert.deepEqual(
          await lines(text, Array(20).fill(piece), 9),
          ['xxxxxxxxx'],
          JSON.stringify([ending, piece]),
        );
        const [bad] = await lines(`x${text}`, Array(20).fill(piece), 9);
        assert.match(String(bad), /line 1: is 1[01] bytes long, expected at most 9/);
      }
    }
  });

  it('in UTF-16 are refused', async () => {
    const [error] = await lines(Buffer.from('\ufeffa\n', 'utf16le'));
    assert.match(String(error), /UTF-16, expected UTF-8/);
  });
});
