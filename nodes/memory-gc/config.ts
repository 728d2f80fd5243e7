import { choice, defineConfig, duration, flag, messageProperty, number } from '../../src/config';

/** Named again in the form; the engine's lists must agree (a test keeps it). */
export const KINDS = ['minor', 'major'] as const;
export const EXECUTIONS = ['sync', 'async'] as const;

export interface GcConfig {
  kind: (typeof KINDS)[number];
  execution: (typeof EXECUTIONS)[number];
  minIntervalMs: number;
  minHeapPercent: number;
  whenIdle: boolean;
  maxWaitMs: number;
  property: string;
}

const A_DAY = 86_400_000;

export const config = defineConfig<GcConfig>({
  kind: choice(KINDS, 'major'),
  execution: choice(EXECUTIONS, 'async'),
  minIntervalMs: duration({ default: 30_000, min: 0, max: A_DAY }),
  minHeapPercent: number({ default: 0, min: 0, max: 100, whole: false, unit: '%' }),
  whenIdle: flag(false),
  maxWaitMs: duration({ default: 60_000, min: 100, max: A_DAY }),
  property: messageProperty(),
});
