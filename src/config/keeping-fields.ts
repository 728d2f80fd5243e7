import { duration, LONGEST_TIMER_MS } from './duration';
import type { Field } from './field';
import { text } from './text';

/** The config of nodes whose content may outlive a restart. */
export interface KeepingConfig {
  /** A file in the folder; empty: content outlives a deploy, not a restart. */
  persist: string;
  /** Below the user folder, or a full path. Empty: `headroom-data` in the user folder. */
  folder: string;
  persistEveryMs: number;
}

/** Used by the form and the runtime of each of them. */
export const keepingFields: { [K in keyof KeepingConfig]: Field<KeepingConfig[K]> } = {
  persist: text({ max: 200 }),
  folder: text(),
  persistEveryMs: duration({ default: 600_000, min: 1_000, max: LONGEST_TIMER_MS }),
};
