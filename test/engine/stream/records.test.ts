import assert from 'node:assert/strict';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { CsvSource, JsonLinesSource, LineSource } from '../../../src';
import { bytesOf, drain } from './bytes';

const PLAIN = { delimiter: ',', header: false, numbers: false };
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 80 });

function csv(
  content: string,
  options: Partial<typeof PLAIN> = {},
  pieces?: number[],
  most = 10_000,
): Promise<unknown[]> {
  const lines = new LineSource(bytesOf(content, pieces), most);
  return drain(new CsvSource(lines, { ...PLAIN, ...options }));
}

function jsonLines(content: string, pieces?: number[]): Promise<unknown[]> {
  return drain(new JsonLinesSource(new LineSource(bytesOf(content, pieces), 10_000)));
}

const fields = fc
  .array(fc.constantFrom('a', '"', ',', '\n', '\r\n', ' ', 'ä', '😀', ''), { maxLength: 6 })
  .map((parts) => parts.join(''));
const quoted = (field: string): string => `"${field.replaceAll('"', '""')}"`;
const written = (field: string): string => (/[",\r\n]/.test(field) ? quoted(field) : field);

describe('CSV', () => {
  it('is read as csv-parse reads the whole file, however the bytes come', async () => {
    const tables = fc
      .array(fc.tuple(fields, fields, fields), { minLength: 1, maxLength: 12 })
      .chain((rows) => fc.tuple(fc.constant(rows), fc.constantFrom('\n', '\r\n'), fc.boolean()));
    await fc.assert(
      fc.asyncProperty(tables, sizes, async ([rows, ending, last], pieces) => {
        const text = rows.map((row) => row.map(written).join(',')).join(ending) + (last ? ending : '');
        const reference = parse(text, { record_delimiter: ['\r\n', '\n'] });
        assert.deepEqual(await csv(text, {}, pieces), reference);
        assert.deepEqual(
          reference,
          rows.map((row) => [...row]),
        );
      }),
    );
  });

  it('survives any text: every line is an item or an error, and reading goes on to the end', async () => {
    const texts = fc
      .array(fc.constantFrom('a', '"', ',', '\n', 'b"c', '""'), { maxLength: 60 })
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(texts, sizes, async (text, pieces) => {
        const items = await csv(`${text}\n1,last\n`, {}, pieces);
        const last = text.split('\n').length + 1;
        // Whatever stands before it, the last line is read: as a record, or as one with the wrong number of fields.
        const end = items.at(-1);
        if (Array.isArray(end)) assert.deepEqual(end, ['1', 'last']);
        else assert.match(String(end), new RegExp(`^BadItem: line ${last}: has 2 fields`));
      }),
    );
  });

  it('gives objects by a header, and keeps fields as texts', async () => {
    assert.deepEqual(await csv('\ufeffid,name\r\n007,"Ada, L."\r\n', { header: true }), [
      { id: '007', name: 'Ada, L.' },
    ]);
  });

  it('makes numbers of what is written as one, if asked to, and loses no digit', async () => {
    const row = '1,-2.5,1e3,007,,12345678901234567890,0.1,1.2.3,x';
    assert.deepEqual(await csv(row, { numbers: true }), [
      [1, -2.5, 1000, '007', '', '12345678901234567890', 0.1, '1.2.3', 'x'],
    ]);
  });

  it('passes over a record with a wrong number of fields, naming its line', async () => {
    assert.deepEqual(await csv('a,b\n1,2\n3\n\n"4\n",5\n6,7,8\n9,10', { header: true }), [
      { a: '1', b: '2' },
      'BadItem: line 3: has 1 fields, expected 2',
      { a: '4\n', b: '5' },
      'BadItem: line 7: has 3 fields, expected 2',
      { a: '9', b: '10' },
    ]);
  });

  it('loses one line to a quote that is never closed, not the rest of the file', async () => {
    assert.deepEqual(await csv('1,2\n3,"4\n5,6\n7,8\n'), [
      ['1', '2'],
      'BadItem: line 2: has a quote that is not closed',
      ['5', '6'],
      ['7', '8'],
    ]);
  });

  it('loses one line to a wrong quote whose partner stands in a later line', async () => {
    assert.deepEqual(await csv('1,2\n3,"4\n5,6\n7,"8\n9,0\n'), [
      ['1', '2'],
      'BadItem: line 2: has text behind a closing quote',
      ['5', '6'],
      'BadItem: line 4: has a quote that is not closed',
      ['9', '0'],
    ]);
  });

  it('does not open a quote in the middle of a field, and says what is wrong without showing it', async () => {
    assert.deepEqual(await csv('pipe 5",x\nsecret"y"z,1\na,b'), [
      'BadItem: line 1: has a quote inside a field that is not quoted',
      'BadItem: line 2: has a quote inside a field that is not quoted',
      ['a', 'b'],
    ]);
  });

  it('bounds a record that goes over many lines', async () => {
    const items = await csv(`"${'x\n'.repeat(60)}`, {}, [], 100);
    assert.equal(items[0], 'BadItem: line 1: has a quote that is not closed');
    assert.equal(items.length, 60);
  });

  it('takes any delimiter, a tab for one, and columns of any name', async () => {
    const [item] = await csv('__proto__\tb\n1\t2', { header: true, delimiter: '\t' });
    assert.deepEqual(Object.entries(item as object), [
      ['__proto__', '1'],
      ['b', '2'],
    ]);
  });

  it('ends at a header that cannot be read', async () => {
    assert.deepEqual(await csv('a"b"c,d\n1,2', { header: true }), [
      'Error: header: line 1: has a quote inside a field that is not quoted',
    ]);
  });
});

describe('JSON Lines', () => {
  it('are the same values however the bytes come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue(), { maxLength: 20 }), sizes, async (values, pieces) => {
        const texts = values.map((value) => JSON.stringify(value));
        assert.deepEqual(
          await jsonLines(texts.join('\n'), pieces),
          texts.map((text) => JSON.parse(text)),
        );
      }),
    );
  });

  it('that are malformed are passed over with their number, without showing what they say', async () => {
    assert.deepEqual(await jsonLines('{"a":1}\nsecret\n\n{"b":\n[2]\r\n'), [
      { a: 1 },
      'BadItem: line 2: is not valid JSON',
      'BadItem: line 4: is not valid JSON',
      [2],
    ]);
  });
});
