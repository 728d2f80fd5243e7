import { bytes, defineConfig, duration, messageProperty, number, text } from '../../src/config';

export interface BlackboxConfig {
  /** Inside the user folder. */
  file: string;
  sizeBytes: number;
  intervalMs: number;
  /** How much of the last run's samples the message holds. */
  tellMs: number;
  /** Bad ends in a row that make a restart loop; 0: none does. */
  loopRestarts: number;
  loopWithinMs: number;
  /** Heap snapshots near the limit that may lie on the disk; 0: none is made. */
  snapshots: number;
  property: string;
}

const KB = 1024;
const MB = 1024 * KB;
const MINUTE = 60_000;
const A_DAY = 24 * 60 * MINUTE;

export const config = defineConfig<BlackboxConfig>({
  file: text({ default: 'blackbox.ring', max: 255 }),
  sizeBytes: bytes({ default: MB, min: 64 * KB, max: 16 * MB }),
  intervalMs: duration({ default: 10_000, min: 1_000, max: 60 * MINUTE }),
  tellMs: duration({ default: 10 * MINUTE, min: MINUTE, max: A_DAY }),
  loopRestarts: number({ default: 3, or: 0, min: 2, max: 100 }),
  loopWithinMs: duration({ default: 5 * MINUTE, min: 10_000, max: A_DAY }),
  snapshots: number({ default: 0, or: 0, min: 1, max: 10 }),
  property: messageProperty(),
});
