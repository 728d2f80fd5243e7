import { bytes, choice, defineConfig, messageProperty, number } from '../../src/config';

/** Named again in the form; the engine's list must agree (a test keeps it). */
export const PROFILES = ['govern', 'low-memory', 'balanced', 'throughput', 'off'] as const;

export interface TuneConfig {
  profile: (typeof PROFILES)[number];
  budgetBytes: number;
  targetPercent: number;
  property: string;
}

const MB = 1_048_576;

export const config = defineConfig<TuneConfig>({
  profile: choice(PROFILES, 'govern'),
  budgetBytes: bytes({ default: 0, or: 0, min: 32 * MB, max: 1024 * 1024 * MB }),
  targetPercent: number({ default: 95, min: 50, max: 100, whole: false, unit: '%' }),
  property: messageProperty(),
});
