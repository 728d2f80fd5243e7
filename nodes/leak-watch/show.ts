import { formatBytes, type WatchReport } from '../../src';
import type { Level } from '../shared/status';

const LEVELS: Record<WatchReport['state'], Level> = {
  learning: 'working',
  healthy: 'fine',
  suspect: 'watch',
  leaking: 'act',
  recovered: 'fine',
};

/** One key: `leaking 3.1 MB/h · 9 h left`, and what the gate does about it. */
export function statusOfKey(report: WatchReport): { level: Level; text: string } {
  const { state, bytesPerHour, secondsToLimit, gate, dropped, queued } = report;
  const grows = (state === 'suspect' || state === 'leaking') && bytesPerHour !== null;
  const parts = [grows ? `${state} ${formatBytes(bytesPerHour)}/h` : state];
  if (grows && secondsToLimit !== null) parts.push(`${timeText(secondsToLimit)} left`);
  if (gate === 'closed') parts.push('gate closed');
  if (queued > 0) parts.push(`${queued} wait`);
  if (dropped > 0) parts.push(`${dropped} dropped`);
  return { level: gate === 'closed' ? 'act' : LEVELS[state], text: parts.join(' · ') };
}

/** Many keys: `2 of 20 leaking · pump-7: 3.1 MB/h`. */
export function statusOfKeys(
  keys: number,
  leaking: number,
  first: WatchReport | null,
): { level: Level; text: string } {
  if (!first) return { level: keys > 0 ? 'fine' : 'idle', text: `${keys} watched` };
  return { level: 'act', text: `${leaking} of ${keys} leaking · ${first.key}: ${statusOfKey(first).text}` };
}

const UNITS: readonly [seconds: number, name: string][] = [
  [86_400, 'days'],
  [3600, 'h'],
  [60, 'min'],
];

function timeText(seconds: number): string {
  const [size, name] = UNITS.find(([unit]) => seconds >= 2 * unit) ?? [1, 's'];
  return `${Math.round(seconds / size)} ${name}`;
}
