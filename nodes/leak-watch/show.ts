import { formatBytes, type LeakWatch, type WatchReport } from '../../src';
import type { Level } from '../shared/status';

const LEVELS: Record<WatchReport['state'], Level> = {
  learning: 'working',
  healthy: 'fine',
  suspect: 'watch',
  leaking: 'act',
  recovered: 'fine',
};

/** What a watch says of one key, or of all it watches. */
export function statusOf(watch: LeakWatch<unknown>, key: string | null): { level: Level; text: string } {
  if (key !== null) return statusOfKey(watch.report(key));
  const leaking = watch.leaking();
  const [first] = leaking;
  return statusOfKeys(watch.size, leaking.length, first === undefined ? null : watch.report(first));
}

/** One key: `leaking 3.1 MB/h · 9 h left · keep history`, and what the gate does about it. */
function statusOfKey(report: WatchReport): { level: Level; text: string } {
  const { state, bytesPerHour, secondsToLimit, gate, dropped, queued, suspects } = report;
  const grows = (state === 'suspect' || state === 'leaking') && bytesPerHour !== null;
  const parts = [grows ? `${state} ${formatBytes(bytesPerHour)}/h` : state];
  if (grows && secondsToLimit !== null) parts.push(`${timeText(secondsToLimit)} left`);
  const [suspect] = suspects;
  if (grows && suspect) parts.push(suspect.name || suspect.type || suspect.id);
  if (gate === 'closed') parts.push('gate closed');
  if (queued > 0) parts.push(`${queued} wait`);
  if (dropped > 0) parts.push(`${dropped} dropped`);
  return { level: gate === 'closed' ? 'act' : LEVELS[state], text: parts.join(' · ') };
}

/** Many keys: `2 of 20 leaking · pump-7: 3.1 MB/h`. */
function statusOfKeys(
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
