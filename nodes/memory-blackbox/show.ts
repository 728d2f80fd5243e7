import type { Headroom, LastRun } from '../../src';
import { headroomLevel } from '../shared/headroom-status';
import type { Level } from '../shared/status';

const ENDS: Readonly<Record<LastRun['cause'], string>> = {
  clean: 'clean',
  crash: 'crash',
  exit: 'error exit',
  'heap-limit': 'heap limit',
  'oom-kill': 'OOM kill',
  reboot: 'power cut or reboot',
  unknown: 'unknown',
};

/** `42 % free · last end: heap limit`; yellow after an end that nobody wanted. */
export function statusOf(headroom: Headroom | null, last: LastRun | null, safe: boolean): [Level, string] {
  const free = headroom === null ? 'recording' : `${Math.floor(headroom.percent)} % free`;
  const end = last === null ? 'first run' : `last end: ${ENDS[last.cause]}`;
  const level = headroom === null ? 'fine' : headroomLevel(headroom);
  const bad = last !== null && last.cause !== 'clean';
  const text = safe ? `safe start · ${free} · ${end}` : `${free} · ${end}`;
  return [level === 'fine' && (bad || safe) ? 'watch' : level, text];
}
