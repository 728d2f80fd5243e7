/**
 * A process with a black box that ends as it is told: `node -r tsx/cjs blackbox-child.ts FOLDER END`. Tells its parent of the
 * last run.
 */
import fs from 'node:fs';
import { BlackBox } from '../../src/record';

/** With `announce` as third argument, fd 4 gets the number of each record once the kernel has it. */
function announceRecords(): void {
  const write = fs.write as (...args: unknown[]) => void;
  const announcing = (
    fd: number,
    slot: Buffer,
    from: number,
    length: number,
    at: number,
    done: WriteDone,
  ): void =>
    write(fd, slot, from, length, at, (error: Error | null, written: number) => {
      if (!error) fs.writeSync(4, `${/"s":(\d+)/.exec(slot.toString('latin1'))?.[1]}\n`);
      done(error, written);
    });
  Object.assign(fs, { write: announcing });
}
type WriteDone = (error: Error | null, written: number) => void;

const [, , folder = '', end = 'clean', announce = ''] = process.argv;
if (announce !== '') announceRecords();

const ENDS: Record<string, () => unknown> = {
  clean: () => process.exit(0),
  code: () => process.exit(3),
  throw: () => {
    throw new TypeError('the pump has no pressure');
  },
  reject: () => void Promise.reject(new Error('nobody waits for this')),
  caught: () => {
    process.once('uncaughtException', () => setTimeout(() => process.kill(process.pid, 'SIGKILL'), 300));
    throw new Error('caught after all');
  },
  heap: () => {
    const kept: object[] = [];
    for (;;) kept.push({ value: Math.random(), list: [1, 2, 3] });
  },
  grow: () => {
    const kept: object[] = [];
    setInterval(() => {
      for (let i = 0; i < 5_000; i += 1) kept.push({ value: Math.random(), list: [1, 2, 3] });
    }, 5);
  },
  abort: () => process.abort(),
  wait: () => setInterval(() => {}, 60_000),
};

async function main(): Promise<void> {
  const box = await BlackBox.open({
    ...{
      folder,
      file: 'box.ring',
      sizeBytes: 65_536,
      intervalMs: announce === '' ? 5 : 1,
      tellMs: 600_000,
      snapshots: Number(process.env.SNAPSHOTS ?? 0),
    },
    ...{ loopRestarts: 3, loopWithinMs: 300_000 },
    heaviest: () => ({ nodes: null, held: null }),
    onSample: () => {},
    onTrouble: (message) => process.send?.({ trouble: message }),
    onLost: (error) => process.send?.({ trouble: error.message }),
  });
  process.send?.({ lastRun: box.lastRun, notes: box.notes, pid: process.pid }, () =>
    setTimeout(() => ENDS[end]?.(), 60),
  );
}

main().catch((error: Error) => {
  process.send?.({ refused: error.message }, () => process.exit(9));
});
