import { OtlpPush } from '../../src';
import type { StatusLine } from '../shared/status';
import type { MetricsConfig } from './config';

/** Pushes as long as the node lives; the status tells whether the collector takes it. Returns what stops it. */
export function push(
  { otlpUrl, otlpIntervalMs, labels }: MetricsConfig,
  status: StatusLine,
  fail: (error: unknown) => void,
): () => Promise<void> {
  const pushing = OtlpPush.start({
    url: otlpUrl,
    intervalMs: otlpIntervalMs,
    labels,
    onPushed(error) {
      // Not an error of the flow: a collector may be away for an hour, and all is well when it is back.
      if (error) status.show('watch', `collector: ${error.message}`.slice(0, 80));
      else status.show('fine', 'pushed');
    },
  });
  pushing.catch(fail);
  return () =>
    pushing.then(
      (one) => one.stop(),
      () => {},
    );
}
