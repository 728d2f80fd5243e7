import { type Collection, collect, formatBytes } from '../../src';
import { defineNode } from '../shared/define-node';
import { withProperty } from '../shared/message';
import type { Level } from '../shared/status';
import { config } from './config';

function statusOf({ collected, reason, freed, pauseMs }: Collection): [Level, string] {
  if (collected) return ['fine', `${formatBytes(Math.max(0, freed))} freed · ${Math.round(pauseMs)} ms`];
  return [reason === 'unavailable' ? 'act' : 'idle', `not collected: ${reason}`];
}

export default defineNode({
  type: 'memory-gc',
  config,
  start({ RED, config, status }) {
    const { property, ...options } = config;
    const stop = new AbortController();
    let pending: Promise<Collection> | null = null;

    /** Messages that come while one waits for quiet share its collection: one wait, however many they are. */
    async function ask(): Promise<Collection> {
      if (pending) return pending.then((result) => ({ ...result, shared: result.collected }));
      pending = collect({ ...options, signal: stop.signal });
      return pending.finally(() => {
        pending = null;
      });
    }

    return {
      async input(msg, send) {
        if (options.whenIdle) status.show('working', 'waiting for a quiet moment');
        const result = await ask();
        if (result.reason === 'stopped') return;
        status.show(...statusOf(result));
        send(withProperty(RED, msg, property, result));
      },
      stop() {
        stop.abort();
      },
    };
  },
});
