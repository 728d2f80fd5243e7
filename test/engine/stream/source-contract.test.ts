import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  ArraySource,
  ChunkSource,
  CsvSource,
  END,
  FileBytes,
  IterableSource,
  JsonLinesSource,
  LineSource,
  Pool,
  RangeSource,
  type Source,
} from '../../../src';
import { drain } from './bytes';

let folder: string;

function file(content: string): FileBytes {
  const path = join(folder, 'content');
  writeFileSync(path, content);
  return new FileBytes(path);
}

const lines = (content: string): LineSource => new LineSource(file(content), 1_000);
const csv = { delimiter: ',', header: false, numbers: false };

async function* later(): AsyncGenerator<string> {
  yield 'a';
  yield 'b';
  yield 'c';
}

/** Sources of three items, and of none. */
const SOURCES: Record<string, [three: () => Source, none: () => Source]> = {
  array: [() => new ArraySource(['a', null, undefined]), () => new ArraySource([])],
  range: [() => new RangeSource({ from: 1, to: 3 }), () => new RangeSource({ from: 1, to: 0, step: 1 })],
  set: [() => new IterableSource(new Set([1, 2, 3])), () => new IterableSource(new Set())],
  generator: [() => new IterableSource(later()), () => new IterableSource([][Symbol.iterator]())],
  stream: [
    () => new IterableSource(Readable.from(['a', 'b', 'c'])),
    () => new IterableSource(Readable.from([])),
  ],
  lines: [() => lines('a\n\nc'), () => lines('')],
  chunks: [() => new ChunkSource(file('aabbc'), 2, null), () => new ChunkSource(file(''), 2, null)],
  'pooled chunks': [
    () => new ChunkSource(file('aabbc'), 2, new Pool('test')),
    () => new ChunkSource(file(''), 2, new Pool('test')),
  ],
  csv: [() => new CsvSource(lines('a,b\nc,d\n\n"e\n",f'), csv), () => new CsvSource(lines('\n\n'), csv)],
  'csv with a header': [
    () => new CsvSource(lines('x,y\na,b\nc,d\ne,f\n'), { ...csv, header: true }),
    () => new CsvSource(lines('x,y\n'), { ...csv, header: true }),
  ],
  'json-lines': [
    () => new JsonLinesSource(lines('1\n\n{}\nnull')),
    () => new JsonLinesSource(lines('\n \n')),
  ],
};

for (const [name, [three, none]] of Object.entries(SOURCES)) {
  describe(`a source of ${name}`, () => {
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'headroom-'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it('yields its items, then ends and stays ended', async () => {
      const source = three();
      assert.equal((await drain(source)).length, 3);
      assert.equal(await source.next(), END);
      await source.close();
      assert.equal(await source.next(), END);
    });

    it('ends at once when it has none', async () => {
      const source = none();
      assert.deepEqual(await drain(source), []);
      await source.close();
    });

    it('can be closed before, between, twice, and yields nothing after', async () => {
      const fresh = three();
      await fresh.close();
      assert.equal(await fresh.next(), END);
      const begun = three();
      await begun.next();
      await begun.close();
      await begun.close();
      assert.equal(await begun.next(), END);
    });

    it('can be closed while it is asked', async () => {
      const source = three();
      const asked = source.next();
      await source.close();
      const answer = await asked;
      if (answer !== END) source.discard?.(answer);
      assert.equal(await source.next(), END);
    });
  });
}
