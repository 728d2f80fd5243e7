import { HeadroomFeed, type LeakWatch, Probe, SelfFeed } from '../../src';
import type { WatchConfig } from './config';

/** The key of the process that Node-RED runs in. */
export const SELF = 'self';

export interface Feeds {
  /** A message came in. */
  touch(): void;
  stop(): void;
}

/** What a watch is fed with beside messages: the memory of this process, and its headroom where that closes gates. */
export function startFeeds(
  config: WatchConfig,
  watch: LeakWatch<unknown>,
  fail: (error: unknown) => void,
): Feeds {
  const { source, limitBytes, whenLeaking, closeBelowPercent, confirmWithGc } = config;
  const probe = confirmWithGc ? new Probe() : undefined;
  const self =
    source === 'self'
      ? new SelfFeed({
          limitBytes: Number(limitBytes),
          probe,
          onReading: guarded(fail, undefined, (...reading) => watch.read(SELF, ...reading)),
        })
      : null;
  const headroom =
    whenLeaking !== 'pass' && closeBelowPercent > 0
      ? new HeadroomFeed({
          probe,
          closeBelowPercent,
          onHeadroom: guarded(fail, false, (percent) => watch.setHeadroom(percent)),
        })
      : null;
  return {
    touch() {
      headroom?.touch();
    },
    stop() {
      self?.stop();
      headroom?.stop();
      probe?.stop();
    },
  };
}

/** Collections and timers call in here: what throws there would end Node-RED. */
export function guarded<A extends unknown[], T>(
  fail: (error: unknown) => void,
  otherwise: T,
  work: (...args: A) => T,
): (...args: A) => T {
  return (...args) => {
    try {
      return work(...args);
    } catch (error) {
      fail(error);
      return otherwise;
    }
  };
}
