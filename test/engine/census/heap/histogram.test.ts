import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Histogram, histogramOf, type TypeFigures } from '../../../../src/census/heap/histogram';
import { SnapshotError } from '../../../../src/census/heap/input';
import { scratchFolder, snapshotsOf } from '../../../support/snapshot';

const SCRIPT = `
  class Reading { constructor(i) { this.at = i; this.value = i + 0.5; } }
  class Other {}
  class Native extends Map {}
  const keep = [];
  const more = (count) => { for (let i = 0; i < count; i += 1) keep.push(new Reading(i)); };
  globalThis.keep = keep;
  globalThis.secret = ['a value ' + 'that stays ' + process.pid, /a pattern of ${'its own'}/];
  globalThis.buffers = [new ArrayBuffer(1e6)];
  globalThis.frames = [Buffer.alloc(8), Buffer.alloc(8), Buffer.alloc(8)];
  more(1_000);
  globalThis.others = [new Other(), new Native()];
  snapshot('first');
  more(500);
  keep.splice(0, 200);
  globalThis.buffers.push(new ArrayBuffer(2e6));
  snapshot('second');
`;

describe('the histogram of a heap snapshot', function () {
  this.timeout(30_000);
  const folder = scratchFolder();
  let file: (name: string) => string;

  before(() => {
    file = snapshotsOf(folder.path, SCRIPT);
  });

  after(folder.remove);

  function figures({ types }: Histogram, name: string): TypeFigures | undefined {
    return types.find(({ type }) => type === name);
  }

  it('counts objects by constructor and all else by kind, as JSON.parse of the whole file does', () => {
    const { types, totalBytes, totalCount } = histogramOf(file('first'));
    const { snapshot, nodes } = JSON.parse(readFileSync(file('first'), 'utf8'));
    const width = snapshot.meta.node_fields.length;
    const place = snapshot.meta.node_fields.indexOf('self_size');
    let bytes = 0;
    for (let at = place; at < nodes.length; at += width) bytes += nodes[at];
    assert.deepEqual([totalBytes, totalCount], [bytes, nodes.length / width]);
    assert.equal(
      types.reduce((sum, { count }) => sum + count, 0),
      totalCount,
    );
    assert.equal(figures({ types } as Histogram, 'Reading')?.count, 1_000);
    assert.equal(figures({ types } as Histogram, 'Native')?.count, 1);
  });

  it('names no type as Node-RED names the Buffers it shows in the debug sidebar', () => {
    const { types } = histogramOf(file('first'));
    assert.equal(figures({ types } as Histogram, 'Buffer'), undefined);
    assert((figures({ types } as Histogram, 'Buffer (Uint8Array)')?.count ?? 0) >= 3);
  });

  it('tells what was made since another snapshot and is still there', () => {
    const first = histogramOf(file('first'));
    const second = histogramOf(file('second'), first.highestId);
    const { count, newCount, bytes, newBytes } = figures(second, 'Reading') as TypeFigures;
    assert.deepEqual([count, newCount], [1_300, 500]);
    assert.equal(newBytes / newCount, bytes / count);
    assert.equal(figures(second, 'Other')?.newCount, 0);
  });

  it('counts the bytes of ArrayBuffers, which lie off the heap', () => {
    const data = (name: string) =>
      figures(histogramOf(file(name)), 'system / JSArrayBufferData') as TypeFigures;
    const before = data('first');
    const after = data('second');
    assert.ok(before.bytes >= 1e6);
    assert.ok(after.bytes - before.bytes >= 2e6);
  });

  it('tells no value: no text, no pattern', () => {
    const told = JSON.stringify(histogramOf(file('first')));
    assert.doesNotMatch(told, /that stays|a pattern of/);
  });

  it('refuses a snapshot that is cut off, wherever it was cut', () => {
    const whole = readFileSync(file('first'));
    const cut = join(folder.path, 'cut');
    for (const share of [0, 0.00001, 0.0005, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99]) {
      writeFileSync(cut, whole.subarray(0, Math.floor(whole.length * share)));
      assert.throws(() => histogramOf(cut), SnapshotError, String(share));
    }
    writeFileSync(cut, whole.subarray(0, whole.length - 3));
    assert.throws(() => histogramOf(cut), SnapshotError);
  });

  it('refuses foreign files, and counts that cannot be true', () => {
    const text = readFileSync(file('first'), 'latin1');
    const foreign: Record<string, string | Buffer> = {
      'another JSON': '{"nodes":[1,2,3]}',
      'a profile': '{"head":{"callFrame":{}},"samples":[]}',
      'no JSON': Buffer.alloc(300_000, 7),
      'an array of nodes that says it holds all there is': text.replace(
        /"node_count":\d+/,
        '"node_count":4000000000',
      ),
      'fewer nodes than it holds': text.replace(/"node_count":\d+/, '"node_count":10'),
      'a negative count': text.replace(/"node_count":\d+/, '"node_count":-1'),
      'fields that are not there': text.replace('"self_size"', '"own_size"'),
      'text among numbers': text.replace('"nodes":[', '"nodes":["x",'),
      'sections in another order': text.replace('"edges":[', '"wedges":['),
    };
    for (const [name, content] of Object.entries(foreign)) {
      const path = join(folder.path, 'foreign');
      writeFileSync(path, content, typeof content === 'string' ? 'latin1' : undefined);
      assert.throws(() => histogramOf(path), SnapshotError, name);
    }
    assert.throws(() => histogramOf(join(folder.path, 'missing')), /ENOENT/);
  });
});
