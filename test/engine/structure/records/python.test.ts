import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { packColumns, RecordBatch, type RecordValue } from '../../../../src';
import { examples } from './arbitraries';

const MODULE = join(__dirname, '..', '..', '..', '..', 'examples', 'python');

/** Prints for each file of packets what their columns hold, in words that JSON cannot bend. */
const SCRIPT = `
import json, math, struct, sys
sys.path.insert(0, ${JSON.stringify(MODULE)})
from headroom_pack import read_packet, PacketError

def said(value):
    if value is None or isinstance(value, bool): return str(value)
    if isinstance(value, float):
        return 'nan' if math.isnan(value) else struct.pack('>d', value).hex()
    if isinstance(value, int): return str(value)
    return 'text ' + value.encode('utf-16-le', 'surrogatepass').hex()

for name in sys.argv[1:]:
    with open(name, 'rb') as file: data = file.read()
    columns = read_packet(data)
    print(json.dumps({key.encode('utf-8').hex(): [said(v) for v in column] for key, column in columns.items()}))
    try:
        read_packet(data[:-1])
        print('not refused')
    except PacketError:
        print('refused')
`;

function said(value: RecordValue, isFloat: boolean): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return `text ${Buffer.from(value, 'utf16le').toString('hex')}`;
  if (!isFloat) return `${value}`;
  if (Number.isNaN(value)) return 'nan';
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value as number);
  return bytes.toString('hex');
}

describe('the reader for Python', function () {
  this.timeout(60_000);

  before(function () {
    if (spawnSync('python3', ['--version']).status !== 0) this.skip();
  });

  it('reads every type in every layout and encoding as it was packed, and refuses what is cut short', () => {
    const folder = mkdtempSync(join(tmpdir(), 'headroom-python-'));
    try {
      const files: string[] = [];
      const expected: unknown[] = [];
      for (const { schema, records } of fc.sample(examples, { numRuns: 60, seed: 5 })) {
        const batch = new RecordBatch(schema);
        batch.addAll(records);
        for (const way of [{ layout: 'rows' }, {}, { compression: 'auto' }] as const) {
          const file = join(folder, `${files.length}`);
          writeFileSync(file, packColumns(batch, way));
          files.push(file);
          expected.push(
            Object.fromEntries(
              schema.map(({ name, type }) => [
                Buffer.from(name).toString('hex'),
                records.map((record) => said(record[name] as RecordValue, type === 'f32' || type === 'f64')),
              ]),
            ),
          );
        }
      }
      const output = execFileSync('python3', ['-c', SCRIPT, ...files], {
        encoding: 'utf8',
        maxBuffer: 2 ** 26,
      });
      const lines = output.trim().split('\n');
      for (const [index, columns] of expected.entries()) {
        assert.deepEqual(JSON.parse(lines[2 * index] ?? ''), columns);
        assert.equal(lines[2 * index + 1], 'refused');
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
