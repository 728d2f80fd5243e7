import { bytes, choice, defineConfig, duration, flag, messageProperty, text } from '../../src/config';

/** Named again in the form; the engine's list must agree (a test keeps it). */
export const MODES = ['live', 'allocated'] as const;

export interface ProfileConfig {
  mode: (typeof MODES)[number];
  sampleBytes: number;
  /** 0: until told, at most an hour. */
  durationMs: number;
  property: string;
  saveFile: boolean;
  /** Where files go; empty: the folder `memory-profile` in Node-RED's user folder. */
  folder: string;
}

export const config = defineConfig<ProfileConfig>({
  mode: choice(MODES, 'live'),
  sampleBytes: bytes({ default: 131_072, min: 1_024, max: 2 ** 26 }),
  durationMs: duration({ default: 60_000, or: 0, min: 100, max: 3_600_000 }),
  property: messageProperty(),
  saveFile: flag(false),
  folder: text({ max: 1_000 }),
});
