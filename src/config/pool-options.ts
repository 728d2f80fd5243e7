import { bytes } from './bytes';
import { choice, flag } from './choice';
import { type Config, defineConfig } from './config';
import { duration, LONGEST_TIMER_MS } from './duration';

export interface PoolOptions {
  /** Smaller buffers are served unpooled: Node.js's own pool is faster there. */
  minBytes: number;
  /** Larger buffers are served unpooled, and counted. */
  maxBytes: number;
  /** The most that leased and idle buffers may take together. */
  capacityBytes: number;
  onExhausted: 'allocate' | 'wait' | 'fail';
  maxWaitMs: number;
  autoReturn: boolean;
  leakDetection: 'off' | 'sampled' | 'full';
  zeroOnReturn: boolean;
}

const KB = 1024;
const MB = 1024 * KB;
const GB = 1024 * MB;

/** What a pool can be told; used by the form, the config node and `new Pool`. */
export const poolConfig: Config<PoolOptions> = defineConfig<PoolOptions>(
  {
    minBytes: bytes({ default: 4 * KB, min: 1, max: GB }),
    maxBytes: bytes({ default: MB, min: 4 * KB, max: GB }),
    capacityBytes: bytes({ default: 16 * MB, min: 4 * KB, max: 64 * GB }),
    onExhausted: choice(['allocate', 'wait', 'fail'], 'allocate'),
    maxWaitMs: duration({ default: 10_000, min: 1, max: LONGEST_TIMER_MS }),
    autoReturn: flag(true),
    leakDetection: choice(['off', 'sampled', 'full'], 'sampled'),
    zeroOnReturn: flag(false),
  },
  [
    ({ minBytes, maxBytes }) =>
      minBytes <= maxBytes ? null : { field: 'minBytes', value: minBytes, expected: 'at most maxBytes' },
    ({ maxBytes, capacityBytes }) =>
      maxBytes <= capacityBytes
        ? null
        : { field: 'maxBytes', value: maxBytes, expected: 'at most capacityBytes' },
  ],
);
