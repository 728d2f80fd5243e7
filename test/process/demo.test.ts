import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { summarise } from '../../tools/demo-summary';
import { ROOT } from '../../tools/node-red/cell';

const TSX = join(ROOT, 'node_modules', 'tsx', 'dist', 'cli.mjs');

describe('the summary of the demo', () => {
  const node = { id: 'a', type: 'memory-sample', wires: [[]] };

  function isOk(messages: number, status: { fill?: string; text?: string }, one = node): boolean | undefined {
    return summarise({ messages: () => Array(messages).fill({}), status: () => status }, [one])[0]?.ok;
  }

  it('counts a node as reporting that sent a message and is not red', () => {
    assert.equal(isOk(1, { fill: 'green', text: '118 MB' }), true);
    assert.equal(isOk(0, { fill: 'green', text: '118 MB' }), false, 'a status is no message');
    assert.equal(isOk(3, { fill: 'red', text: 'intervalMs: …' }), false);
  });

  it('counts a node without outputs by its status', () => {
    assert.equal(isOk(0, { fill: 'green', text: 'fine' }, { ...node, wires: [] }), true);
    assert.equal(isOk(0, {}, { ...node, wires: [] }), false);
  });
});

describe('the demo', function () {
  this.timeout(90_000);
  let temporary: string;

  beforeEach(() => {
    temporary = mkdtempSync(join(tmpdir(), 'demo-test-'));
  });
  afterEach(() => rmSync(temporary, { recursive: true, force: true }));

  function demo(...args: string[]): { child: ReturnType<typeof spawn>; output: () => string } {
    const env = { ...process.env, TMPDIR: temporary };
    const child = spawn(process.execPath, [TSX, join(ROOT, 'tools', 'demo.ts'), ...args], { cwd: ROOT, env });
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (data) => {
        text += data;
      });
    return { child, output: () => text };
  }

  it('with --once prints what every node of the tour reported, ends well, and leaves nothing behind', async () => {
    const { child, output } = demo('--once');
    const [code] = await once(child, 'exit');
    assert.match(output(), /All nodes reported\./);
    assert.equal(code, 0, output());
    assert.deepEqual(
      readdirSync(temporary).filter((name) => name.startsWith('headroom-')),
      [],
    );
  });

  it('stopped in the middle of its start leaves nothing behind', async () => {
    const { child, output } = demo('--once');
    await once(child.stdout ?? child, 'data');
    child.kill('SIGINT');
    await once(child, 'exit');
    assert.doesNotMatch(output(), /All nodes reported/);
    assert.deepEqual(
      readdirSync(temporary).filter((name) => name.startsWith('headroom-')),
      [],
    );
  });
});
