import type { NodeMessage } from 'node-red';
import type { LastRun } from '../../src';
import type { BlackboxConfig } from './config';

/**
 * Says whether work should be held back: `true` at a start in a restart loop (and at a deploy while that holds), `false`
 * at any other start, and `false` once this run has lasted as long as a run of a loop does not. `control` works a leak-watch that holds the work.
 */
export function safeStart(
  { loopWithinMs }: Pick<BlackboxConfig, 'loopWithinMs'>,
  send: (msg: NodeMessage) => void,
): { readonly holds: boolean; begin(lastRun: LastRun | null, news: boolean): void; stop(): void } {
  let timer: NodeJS.Timeout | null = null;
  let holds = false;

  function say(safe: boolean, reason: string, loop: LastRun['loop']): void {
    holds = safe;
    const words = { topic: 'safe-start', payload: safe, control: safe ? 'close' : 'auto' };
    send({ ...words, reason, loop } as NodeMessage);
  }

  return {
    get holds() {
      return holds;
    },
    begin(lastRun, news) {
      const left = loopWithinMs - process.uptime() * 1000;
      if (!lastRun?.safeStart || left <= 0) {
        if (news) say(false, 'no restart loop', null);
        return;
      }
      say(true, `a restart loop goes on: ${lastRun.reason}`, lastRun.loop);
      timer = setTimeout(() => say(false, 'this run has outlived the loop', null), left).unref();
    },
    stop() {
      if (timer) clearTimeout(timer);
    },
  };
}
