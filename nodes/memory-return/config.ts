import { defineConfig, messageProperty, text } from '../../src/config';

export interface ReturnConfig {
  /** Id of the memory-pool. */
  pool: string;
  property: string;
}

export const config = defineConfig<ReturnConfig>({ pool: text(), property: messageProperty() });
