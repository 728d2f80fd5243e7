import { choice, defineConfig, messageProperty, text } from '../../src/config';

export const MODES = ['empty', 'copy', 'encode'] as const;
export const SIZE_TYPES = ['num', 'msg', 'flow', 'global', 'env', 'jsonata'] as const;

export interface LeaseConfig {
  /** Id of the memory-pool. */
  pool: string;
  mode: (typeof MODES)[number];
  size: string;
  sizeType: (typeof SIZE_TYPES)[number];
  property: string;
}

export const config = defineConfig<LeaseConfig>(
  {
    pool: text(),
    mode: choice(MODES, 'copy'),
    size: text({ default: '65536' }),
    sizeType: choice(SIZE_TYPES, 'num'),
    property: messageProperty(),
  },
  [
    ({ mode, size, sizeType }) =>
      mode !== 'empty' || sizeType !== 'num' || (Number.isInteger(Number(size)) && Number(size) >= 1)
        ? null
        : { field: 'size', value: size, expected: 'a whole number from 1 (bytes)' },
  ],
);
