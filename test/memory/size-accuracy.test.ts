import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { KINDS } from './size/kinds';

const run = promisify(execFile);
const SCRIPT = path.join(__dirname, 'size', 'measure-kind.ts');
const WITHIN = 0.1;
/** What JavaScript cannot see: joined texts not yet flattened, and hash tables built from computed keys. */
const ALLOWED_MISSES = 2;

interface Measured {
  truth: number;
  bytes: number;
}

async function measure(kind: string): Promise<Measured> {
  const { stdout } = await run(process.execPath, ['--require', 'tsx/cjs', SCRIPT, kind]);
  return JSON.parse(stdout) as Measured;
}

describe('sizeOf against the heap', function () {
  this.timeout(120_000);

  it(`is within 10 % of what the heap takes for all but ${ALLOWED_MISSES} of ${KINDS.length} kinds of message`, async () => {
    const misses: string[] = [];
    for (const { name } of KINDS) {
      const { truth, bytes } = await measure(name);
      const error = bytes / truth - 1;
      if (Math.abs(error) > WITHIN) misses.push(`${name}: ${bytes} for ${truth.toFixed(1)} bytes`);
    }
    assert.ok(misses.length <= ALLOWED_MISSES, misses.join('; '));
  });
});
