import {
  bytes,
  choice,
  defineConfig,
  either,
  type Field,
  flag,
  messageProperty,
  number,
  text,
} from '../../src/config';

export const SOURCES = ['self', 'message'] as const;
export const LIMIT_TYPES = ['num', 'msg'] as const;
export const SENSITIVITIES = ['low', 'normal', 'high'] as const;
export const WHEN_LEAKING = ['pass', 'divert', 'drop', 'queue'] as const;
export const DROP_FROM = ['oldest', 'newest'] as const;

export interface WatchConfig {
  source: (typeof SOURCES)[number];
  value: string;
  key: string;
  time: string;
  /** Bytes, 0 to find it; with `limitBytesType` `msg` the path of a msg property. */
  limitBytes: number | string;
  limitBytesType: (typeof LIMIT_TYPES)[number];
  sensitivity: (typeof SENSITIVITIES)[number];
  whenLeaking: (typeof WHEN_LEAKING)[number];
  queueMaxBytes: number;
  queueDrop: (typeof DROP_FROM)[number];
  releasePerSecond: number;
  closeBelowPercent: number;
  openAbovePercent: number;
  confirmWithGc: boolean;
  profileOnSuspect: boolean;
  /** A context store that outlives a restart; empty: what was learnt outlives a deploy only. */
  stateStore: string;
}

const LARGEST_LIMIT = 2 ** 50;
const limitNumber = bytes({ default: 0, or: 0, min: 1, max: LARGEST_LIMIT });
const limitProperty = messageProperty('payload.limit');

/** Which of them is right is for the rule to say. */
const limit = either(limitNumber, limitProperty);

const percent = (fallback: number): Field<number> =>
  number({ default: fallback, min: 0, max: 100, whole: false, unit: '%' });

export const config = defineConfig<WatchConfig>(
  {
    source: choice(SOURCES, 'self'),
    value: messageProperty('payload.rss'),
    key: messageProperty('topic'),
    time: messageProperty('payload.time'),
    limitBytes: limit,
    limitBytesType: choice(LIMIT_TYPES, 'num'),
    sensitivity: choice(SENSITIVITIES, 'normal'),
    whenLeaking: choice(WHEN_LEAKING, 'pass'),
    queueMaxBytes: bytes({ default: 8 * 1024 * 1024, min: 1, max: 2 ** 32 }),
    queueDrop: choice(DROP_FROM, 'oldest'),
    releasePerSecond: number({ default: 50, min: 1, max: 10_000, unit: 'messages a second' }),
    closeBelowPercent: percent(8),
    openAbovePercent: percent(15),
    confirmWithGc: flag(true),
    profileOnSuspect: flag(false),
    stateStore: text({ max: 100 }),
  },
  [
    ({ limitBytes, limitBytesType }) => {
      if (limitBytesType === (typeof limitBytes === 'number' ? 'num' : 'msg')) return null;
      const expected = limitBytesType === 'num' ? limitNumber.expected : limitProperty.expected;
      return { field: 'limitBytes', value: limitBytes, expected };
    },
    ({ closeBelowPercent, openAbovePercent }) =>
      closeBelowPercent > 0 && openAbovePercent <= closeBelowPercent
        ? {
            field: 'openAbovePercent',
            value: openAbovePercent,
            expected: `more than ${closeBelowPercent} (%)`,
          }
        : null,
  ],
);
