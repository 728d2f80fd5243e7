import {
  bytes,
  choice,
  defineConfig,
  duration,
  either,
  type Field,
  Invalid,
  LONGEST_TIMER_MS,
  messageProperty,
  number,
  text,
} from '../../src/config';

export const RESOURCES = ['temp-folder', 'temp-file', 'file', 'permit', 'budget', 'none'] as const;
export const ACCESSES = ['read', 'write', 'append', 'read-write'] as const;
export const TEXT_TYPES = ['str', 'msg', 'flow', 'global', 'env', 'jsonata'] as const;
export const BYTES_TYPES = ['num', 'msg', 'flow', 'global', 'env', 'jsonata'] as const;

export interface ScopeConfig {
  resource: (typeof RESOURCES)[number];
  /** Where temporary files stand, or what a file must be inside of. Empty: a folder of the user folder. */
  folder: string;
  /** Ending of a temporary file's name. */
  suffix: string;
  path: string;
  pathType: (typeof TEXT_TYPES)[number];
  access: (typeof ACCESSES)[number];
  /** Name of the permit. */
  permit: string;
  permitType: (typeof TEXT_TYPES)[number];
  /** How many bodies may hold the permit at a time. */
  count: number;
  /** Bytes, or where to find them. */
  budgetBytes: number | string;
  budgetBytesType: (typeof BYTES_TYPES)[number];
  maxWaitMs: number;
  maxWaiting: number;
  timeoutMs: number;
  /** Where the resource is put. Empty: `payload` for files, `permit` and `budget` for those. */
  property: string;
}

const MB = 2 ** 20;
const budgetNumber = bytes({ default: 50 * MB, min: 1, max: 2 ** 50 });

const suffix: Field<string> = {
  default: '',
  expected: 'up to 32 letters, digits, dots and dashes, such as .jpg',
  format: String,
  parse(raw) {
    const value = raw ?? '';
    return typeof value === 'string' && /^[\w.-]{0,32}$/.test(value) ? value : new Invalid();
  },
};

export const config = defineConfig<ScopeConfig>(
  {
    resource: choice(RESOURCES, 'temp-folder'),
    folder: text(),
    suffix,
    path: text({ default: 'filename' }),
    pathType: choice(TEXT_TYPES, 'msg'),
    access: choice(ACCESSES, 'read'),
    permit: text({ default: 'heavy jobs', max: 200 }),
    permitType: choice(TEXT_TYPES, 'str'),
    count: number({ default: 1, min: 1, max: 10_000 }),
    budgetBytes: either(budgetNumber, text()),
    budgetBytesType: choice(BYTES_TYPES, 'num'),
    maxWaitMs: duration({ default: 600_000, or: 0, min: 1, max: LONGEST_TIMER_MS }),
    maxWaiting: number({ default: 100, min: 0, max: 10_000, unit: 'messages' }),
    timeoutMs: duration({ default: 600_000, or: 0, min: 1, max: LONGEST_TIMER_MS }),
    property: messageProperty(''),
  },
  [
    ({ resource, path }) =>
      resource !== 'file' || path !== ''
        ? null
        : { field: 'path', value: path, expected: 'the path of a file, or where to find it' },
    ({ resource, permit }) =>
      resource !== 'permit' || permit !== ''
        ? null
        : { field: 'permit', value: permit, expected: 'a name, or where to find it' },
    ({ resource, budgetBytes, budgetBytesType }) =>
      resource !== 'budget' || budgetBytesType !== 'num' || typeof budgetBytes === 'number'
        ? null
        : { field: 'budgetBytes', value: budgetBytes, expected: budgetNumber.expected },
  ],
);
