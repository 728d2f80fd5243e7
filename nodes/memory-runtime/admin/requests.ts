import { CENSUS_PARTS, type CensusPart, KINDS, PROFILE_MODES, type ProfileMode } from '../../../src';
import { bytes, choice, choices, defineConfig, duration, number } from '../../../src/config';

/** The parameters of each route, checked by the same code as a node's fields. Missing ones take their defaults. */

export const lookRequest = defineConfig<{ after: number; run: number }>({
  after: number({ default: 0, min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'ms since the epoch' }),
  run: number({ default: 0, min: 0, max: Number.MAX_SAFE_INTEGER }),
});

export const collectRequest = defineConfig<{ kind: (typeof KINDS)[number] }>({
  kind: choice(KINDS, 'major'),
});

const PROFILE_ACTIONS = ['start', 'stop'] as const;

export interface ProfileRequest {
  action: (typeof PROFILE_ACTIONS)[number];
  mode: ProfileMode;
  sampleBytes: number;
  durationMs: number;
}

export const profileRequest = defineConfig<ProfileRequest>({
  action: choice(PROFILE_ACTIONS, 'start'),
  mode: choice(PROFILE_MODES, 'live'),
  sampleBytes: bytes({ default: 131_072, min: 1_024, max: 2 ** 26 }),
  durationMs: duration({ default: 30_000, min: 1_000, max: 3_600_000 }),
});

/** A heap snapshot stands still for seconds: only a node whose owner accepts that takes one. */
const WITHOUT_PAUSE = CENSUS_PARTS.filter((part) => part !== 'heap');

export interface CensusRequest {
  what: readonly CensusPart[];
  top: number;
}

export const censusRequest = defineConfig<CensusRequest>({
  what: choices(WITHOUT_PAUSE, ['in-flight', 'contexts']),
  top: number({ default: 20, min: 1, max: 1_000 }),
});

export const nothing = defineConfig<Record<never, never>>({});
