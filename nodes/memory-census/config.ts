import { choices, defineConfig, flag, messageProperty, number } from '../../src/config';

export const PARTS = ['in-flight', 'contexts'] as const;

export interface CensusConfig {
  what: readonly (typeof PARTS)[number][];
  top: number;
  compare: boolean;
  property: string;
}

export const config = defineConfig<CensusConfig>({
  what: choices(PARTS, ['in-flight']),
  top: number({ default: 20, min: 1, max: 1_000 }),
  compare: flag(true),
  property: messageProperty(),
});
