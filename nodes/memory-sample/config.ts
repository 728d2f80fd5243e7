import { choice, choices, defineConfig, duration, messageProperty, number, text } from '../../src/config';

/** Named again in the form's checkboxes; the engine's list of sample parts must agree (a test keeps it). */
export const PARTS = ['spaces', 'container', 'system', 'pressure', 'pss', 'pools'] as const;
export const TARGETS = ['self', 'pid', 'name', 'tree'] as const;
/** Where `targetValue` comes from. */
export const TARGET_VALUE_TYPES = ['str', 'num', 'msg', 'flow', 'global', 'env', 'jsonata'] as const;

export interface SampleConfig {
  intervalMs: number;
  target: (typeof TARGETS)[number];
  targetValue: string;
  targetValueType: (typeof TARGET_VALUE_TYPES)[number];
  include: readonly (typeof PARTS)[number][];
  changePercent: number;
  property: string;
}

const A_DAY = 86_400_000;

export const PID_EXPECTED = 'the id of a process, a whole number from 1';

/** Reads the id of a process, from a form or a message; null where it is none. */
export function readPid(value: unknown): number | null {
  const pid = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 0 ? pid : null;
}

export const config = defineConfig<SampleConfig>(
  {
    intervalMs: duration({ default: 10_000, or: 0, min: 10, max: A_DAY }),
    target: choice(TARGETS, 'self'),
    targetValue: text(),
    targetValueType: choice(TARGET_VALUE_TYPES, 'str'),
    include: choices(PARTS, ['container', 'system']),
    changePercent: number({ default: 0, min: 0, max: 100, whole: false, unit: '%' }),
    property: messageProperty(),
  },
  [
    ({ target, targetValue }) =>
      (target === 'pid' || target === 'name') && targetValue.trim() === ''
        ? { field: 'targetValue', value: targetValue, expected: `the ${target} of the process to sample` }
        : null,
    ({ target, targetValue, targetValueType: type }) =>
      target === 'pid' && (type === 'str' || type === 'num') && readPid(targetValue) === null
        ? { field: 'targetValue', value: targetValue, expected: PID_EXPECTED }
        : null,
  ],
);
