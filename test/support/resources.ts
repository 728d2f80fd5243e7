import { createHook } from 'node:async_hooks';
import { readdirSync, readlinkSync } from 'node:fs';
import { join, sep } from 'node:path';
import { GcWindow } from '../../src';
import { ROOT } from '../../tools/node-red/cell';

const OWN = ['src', 'nodes'].map((folder) => join(ROOT, folder) + sep);

/** What this package holds in the process, as a test compares it before and after. */
export interface Holdings {
  /** Timers that code of this package started, unref'd ones too. */
  timers: number;
  /** Open files below `/proc` and `/sys`. */
  descriptors: number;
  /** Whether collections are observed. */
  observing: boolean;
  listeners: number;
}

/** Watches what this package holds, from now until `stop`. */
export function watchHoldings(): { count(): Promise<Holdings>; stop(): void } {
  const timers = new Set<number>();
  const hook = createHook({
    init(id, type) {
      if (type !== 'Timeout') return;
      const { stack = '' } = new Error();
      if (OWN.some((folder) => stack.includes(folder))) timers.add(id);
    },
    destroy: (id) => timers.delete(id),
  }).enable();
  return {
    async count() {
      // Node.js tells of the end of a timer in the next turn.
      for (let i = 0; i < 2; i += 1) await new Promise((resolve) => setImmediate(resolve));
      const onlooker = new GcWindow({ passive: true });
      const observing = onlooker.take() !== null;
      onlooker.close();
      const listeners = process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
      return { timers: timers.size, descriptors: kernelDescriptors(), observing, listeners };
    },
    stop: () => hook.disable(),
  };
}

function kernelDescriptors(): number {
  if (process.platform !== 'linux') return 0;
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return /^\/(proc|sys)\//.test(target) && !target.endsWith('/fd');
    } catch {
      return false; // the folder's own descriptor, gone by now
    }
  }).length;
}
