import {
  bytes,
  choice,
  defineConfig,
  type Field,
  Invalid,
  type KeepingConfig,
  keepingFields,
  messageProperty,
  number,
  text,
} from '../../src/config';

/** Named again in the form; the engine's lists must agree (a test keeps it). */
export const OPERATIONS = ['count', 'sum', 'min', 'max', 'mean', 'last', 'list'] as const;
export const EVICTIONS = ['lru', 'lfu'] as const;
export const EMITS = ['each', 'none'] as const;
export const DEFAULT_TYPES = ['num', 'str', 'bool', 'json'] as const;

export interface TallyConfig extends KeepingConfig {
  operation: (typeof OPERATIONS)[number];
  capacity: number;
  /** What a key that is not there has, as text; empty: what fits the operation. */
  default: string;
  defaultType: (typeof DEFAULT_TYPES)[number];
  evict: (typeof EVICTIONS)[number];
  value: string;
  key: string;
  emit: (typeof EMITS)[number];
  /** Entries of an answer about all keys; 0 for all. */
  top: number;
  listLength: number;
  maxBytes: number;
  property: string;
}

const MB = 2 ** 20;
const LONGEST_DEFAULT = 1_000;

/** A flow file may hold the value itself. */
const defaultValue: Field<string> = {
  ...text({ max: LONGEST_DEFAULT }),
  parse(raw) {
    const written = typeof raw === 'string' || raw === undefined || raw === null ? raw : JSON.stringify(raw);
    return text({ max: LONGEST_DEFAULT }).parse(written);
  },
};

/** The value that `default` stands for; undefined when none is set, `Invalid` when it is none of its type. */
export function readDefault({
  default: written,
  defaultType,
}: Pick<TallyConfig, 'default' | 'defaultType'>): unknown {
  if (defaultType === 'str') return written;
  if (written.trim() === '') return undefined;
  try {
    return JSON.parse(written);
  } catch {
    return new Invalid();
  }
}

export const config = defineConfig<TallyConfig>(
  {
    operation: choice(OPERATIONS, 'count'),
    capacity: number({ default: 1_000, min: 1, max: 1_000_000, unit: 'keys' }),
    default: defaultValue,
    defaultType: choice(DEFAULT_TYPES, 'num'),
    evict: choice(EVICTIONS, 'lru'),
    value: messageProperty('payload'),
    key: messageProperty('topic'),
    emit: choice(EMITS, 'each'),
    top: number({ default: 0, min: 0, max: 1_000_000, unit: 'entries' }),
    listLength: number({ default: 100, min: 1, max: 100_000, unit: 'items' }),
    maxBytes: bytes({ default: 16 * MB, min: 1024, max: 2 ** 40 }),
    ...keepingFields,
    property: messageProperty(),
  },
  [
    (config) => {
      const begin = readDefault(config);
      const { operation, defaultType, default: value } = config;
      if (begin instanceof Invalid) return { field: 'default', value, expected: `a ${defaultType} value` };
      const isCounted = operation === 'count' || operation === 'sum';
      if (!isCounted || begin === undefined || typeof begin === 'number') return null;
      return { field: 'default', value, expected: `a number, for ${operation} begins at it` };
    },
  ],
);
