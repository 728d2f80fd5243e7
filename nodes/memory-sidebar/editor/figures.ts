import { formatBytes } from '../../shared/editor';
import { words } from './red';

/** What is not known. */
const UNKNOWN = '–';

export function bytesText(bytes: number | null | undefined): string {
  return bytes === null || bytes === undefined ? UNKNOWN : formatBytes(bytes);
}

/** `+1.2 MB`, `−300 KB`, `0 B` */
export function signedText(bytes: number | null): string {
  if (bytes === null) return UNKNOWN;
  if (bytes === 0) return formatBytes(0);
  return bytes < 0 ? `−${formatBytes(-bytes)}` : `+${formatBytes(bytes)}`;
}

export function percentText(percent: number): string {
  return `${percent < 10 ? Math.round(percent * 10) / 10 : Math.round(percent)} %`;
}

const UNITS: readonly [seconds: number, key: () => string][] = [
  [86_400, () => words._('memory-sidebar.unit.days')],
  [3_600, () => words._('memory-sidebar.unit.hours')],
  [60, () => words._('memory-sidebar.unit.minutes')],
];

/** `9 h`, `45 s`: at least two of the larger unit. */
export function timeText(seconds: number | null): string {
  if (seconds === null) return UNKNOWN;
  const [size, unit] = UNITS.find(([each]) => seconds >= 2 * each) ?? [
    1,
    () => words._('memory-sidebar.unit.seconds'),
  ];
  return `${Math.round(seconds / size)} ${unit()}`;
}
