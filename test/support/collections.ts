import { PerformanceObserver } from 'node:perf_hooks';
import v8 from 'node:v8';
import vm from 'node:vm';

let gc: ((options?: { type: 'minor' }) => void) | null = null;

/** Collects, `times` over in one turn, and resolves when Node.js has told its observers of all of them. */
export async function collect(type: 'minor' | 'major' = 'major', times = 1): Promise<void> {
  v8.setFlagsFromString('--expose-gc');
  gc ??= vm.runInNewContext('gc') as NonNullable<typeof gc>;
  v8.setFlagsFromString('--no-expose-gc');
  const run = gc;
  await new Promise<void>((resolve) => {
    let told = 0;
    // Node.js tells observers in the loop's next turn, and an idle loop waits long for one.
    const turn = (): unknown => told < times && setImmediate(turn);
    const observer = new PerformanceObserver((list) => {
      told += list.getEntries().length;
      if (told < times) return;
      observer.disconnect();
      resolve();
    });
    observer.observe({ entryTypes: ['gc'] });
    turn();
    for (let i = 0; i < times; i += 1) {
      if (type === 'minor') run({ type });
      else run(); // on Node.js 24 an argument, even undefined, makes a minor collection of it
    }
  });
}
