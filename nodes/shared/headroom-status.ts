import { formatBytes, type Headroom } from '../../src';
import type { Level } from './status';

/** Below these shares of the nearest limit, in percent, a person should look, or act. */
const WATCH_BELOW = 20;
const ACT_BELOW = 8;

export function headroomLevel(headroom: Headroom | null): Level {
  if (headroom === null) return 'idle';
  if (headroom.percent < ACT_BELOW) return 'act';
  return headroom.percent < WATCH_BELOW ? 'watch' : 'fine';
}

/** `118 MB · 42 % free` */
export function headroomText({ rss, headroom }: { rss: number | null; headroom: Headroom | null }): string {
  const used = rss === null ? null : formatBytes(rss);
  const free = headroom === null ? null : `${Math.floor(headroom.percent)} % free`;
  return [used, free].filter((part) => part !== null).join(' · ');
}
