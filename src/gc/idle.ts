import { performance } from 'node:perf_hooks';

/** A stretch of this length with hardly any work is a good moment: longer than the gaps between messages. */
const WINDOW_MS = 200;
/** At most this share of the stretch may be work. */
const IDLE_BELOW = 0.1;

/**
 * Waits until the event loop of this thread has been idle for a fifth of a second, at most `maxWaitMs`.
 * Resolves to `idle`, `timeout`, or `stopped` when the signal was aborted. Keeps no process alive.
 */
export function untilIdle(maxWaitMs: number, signal?: AbortSignal): Promise<'idle' | 'timeout' | 'stopped'> {
  return new Promise((resolve) => {
    const until = performance.now() + maxWaitMs;
    let timer: NodeJS.Timeout;

    function end(outcome: 'idle' | 'timeout' | 'stopped'): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      resolve(outcome);
    }
    function stop(): void {
      end('stopped');
    }
    function watch(): void {
      const left = until - performance.now();
      if (left <= 0) {
        end('timeout');
        return;
      }
      const before = performance.eventLoopUtilization();
      timer = setTimeout(
        () => (performance.eventLoopUtilization(before).utilization < IDLE_BELOW ? end('idle') : watch()),
        Math.min(WINDOW_MS, left),
      );
      timer.unref();
    }

    if (signal?.aborted) return resolve('stopped');
    signal?.addEventListener('abort', stop);
    watch();
  });
}
