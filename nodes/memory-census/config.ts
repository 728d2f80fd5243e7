import { choices, defineConfig, messageProperty, number } from '../../src/config';

export const PARTS = ['in-flight'] as const;

export interface CensusConfig {
  what: readonly (typeof PARTS)[number][];
  top: number;
  property: string;
}

export const config = defineConfig<CensusConfig>({
  what: choices(PARTS, ['in-flight']),
  top: number({ default: 20, min: 1, max: 1_000 }),
  property: messageProperty(),
});
