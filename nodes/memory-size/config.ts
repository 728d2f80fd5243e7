import { bytes, defineConfig, messageProperty } from '../../src/config';

export interface SizeConfig {
  property: string;
  /** 0: no limit. */
  limitBytes: number;
}

export const config = defineConfig<SizeConfig>({
  property: messageProperty(),
  limitBytes: bytes({ default: 0, or: 0, min: 1, max: 2 ** 40 }),
});
