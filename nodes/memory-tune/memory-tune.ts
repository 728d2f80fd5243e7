import type { NodeMessage } from 'node-red';
import { ConfigError, formatBytes, Invalid, Tuner, type Tuning } from '../../src';
import { defineNode } from '../shared/define-node';
import { withProperty } from '../shared/message';
import type { Level } from '../shared/status';
import { config, type TuneConfig } from './config';

/** A governor turns its knobs many times a second when it must: what changed is told together. */
const TELL_EVERY_MS = 1_000;

const STANCE_LEVELS: Record<string, Level> = { relaxed: 'fine', steady: 'fine', tight: 'watch', over: 'act' };

function statusOf({ profile, refused, reason, governor }: Tuning): [Level, string] {
  if (refused) return ['act', reason];
  if (profile === 'off') return ['idle', 'off'];
  if (!governor) return ['fine', profile];
  const { stance, used, target } = governor;
  return [STANCE_LEVELS[stance] ?? 'fine', `${stance} · ${formatBytes(used)} of ${formatBytes(target)}`];
}

/** The profile a message asks for; null when it only asks how things are. */
function wanted({ payload }: NodeMessage): TuneConfig['profile'] | null {
  const asked = (payload as { profile?: unknown } | null | undefined)?.profile;
  if (asked === undefined) return null;
  const { profile } = config.fields;
  const parsed = typeof asked === 'string' && asked !== '' ? profile.parse(asked) : new Invalid();
  if (parsed instanceof Invalid) {
    throw new ConfigError([{ field: 'payload.profile', value: asked, expected: profile.expected }]);
  }
  return parsed;
}

export default defineNode({
  type: 'memory-tune',
  config,
  start({ RED, node, config, status }) {
    const { property, ...options } = config;
    let timer: NodeJS.Timeout | null = null;

    function tell(): void {
      timer = null;
      const { tuning } = tuner;
      status.show(...statusOf(tuning));
      node.send(withProperty(RED, {}, property, tuning));
    }

    const tuner = new Tuner({
      ...options,
      name: node.name || node.id,
      onChange() {
        timer ??= setTimeout(tell, TELL_EVERY_MS).unref();
      },
    });
    status.show(...statusOf(tuner.tuning));

    return {
      input(msg, send) {
        const profile = wanted(msg);
        if (profile !== null) tuner.switch(profile);
        if (timer) clearTimeout(timer);
        timer = null;
        const { tuning } = tuner;
        status.show(...statusOf(tuning));
        send(withProperty(RED, msg, property, tuning));
      },
      stop() {
        tuner.close();
        if (timer) clearTimeout(timer);
      },
    };
  },
});
