import {
  bytes,
  choice,
  defineConfig,
  duration,
  LONGEST_TIMER_MS,
  messageProperty,
  number,
  type RecordSchema,
  recordSchema,
  text,
} from '../../src/config';

export const DIRECTIONS = ['pack', 'unpack'] as const;
export const LAYOUTS = ['rows', 'columns'] as const;
export const COMPRESSIONS = ['none', 'auto'] as const;
export const FORMATS = ['own', 'arrow'] as const;
export const MISFITS = ['error', 'saturate'] as const;
export const EXTRA_FIELDS = ['drop', 'error'] as const;
export const OUTPUTS = ['objects', 'columns'] as const;
export const BIG_INTS = ['always', 'needed'] as const;

export interface PackConfig {
  direction: (typeof DIRECTIONS)[number];
  /** To unpack: empty takes packets of any schema. */
  schema: RecordSchema;
  format: (typeof FORMATS)[number];
  layout: (typeof LAYOUTS)[number];
  compression: (typeof COMPRESSIONS)[number];
  misfit: (typeof MISFITS)[number];
  extraFields: (typeof EXTRA_FIELDS)[number];
  /** Single records are packed together when there are so many, … */
  batchRecords: number;
  /** … so many ms after the first (0: however long it takes), … */
  batchMs: number;
  /** … or when they take so many bytes (0: however many). */
  batchBytes: number;
  /** Id of a memory-pool; empty: no pool. */
  pool: string;
  property: string;
  output: (typeof OUTPUTS)[number];
  /** Records of one message; 0: all of a packet. */
  sliceRecords: number;
  bigInts: (typeof BIG_INTS)[number];
  /** A context store that keeps what waits over a restart of Node-RED; empty: it is kept over a deploy only. */
  stateStore: string;
}

const MOST_RECORDS = 2 ** 24;

export const config = defineConfig<PackConfig>(
  {
    direction: choice(DIRECTIONS, 'pack'),
    schema: recordSchema(),
    format: choice(FORMATS, 'own'),
    layout: choice(LAYOUTS, 'columns'),
    compression: choice(COMPRESSIONS, 'auto'),
    misfit: choice(MISFITS, 'error'),
    extraFields: choice(EXTRA_FIELDS, 'drop'),
    batchRecords: number({ default: 1_000, min: 1, max: MOST_RECORDS, unit: 'records' }),
    batchMs: duration({ default: 60_000, or: 0, min: 10, max: LONGEST_TIMER_MS }),
    batchBytes: bytes({ default: 1024 * 1024, or: 0, min: 1, max: 2 ** 31 }),
    pool: text(),
    property: messageProperty(),
    output: choice(OUTPUTS, 'objects'),
    sliceRecords: number({ default: 0, min: 0, max: MOST_RECORDS, unit: 'records, 0 for all' }),
    bigInts: choice(BIG_INTS, 'always'),
    stateStore: text({ max: 100 }),
  },
  [
    ({ direction, schema }) =>
      direction === 'unpack' || schema.length > 0
        ? null
        : { field: 'schema', value: schema, expected: 'at least one field with name and type' },
  ],
);
