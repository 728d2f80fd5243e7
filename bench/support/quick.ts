import { join } from 'node:path';

/** `npm run bench -- --quick`: so little work that the figures mean nothing; for whoever changes a bench. */
export const QUICK = '--quick';

export function beQuick(): void {
  process.env.HEADROOM_BENCH_QUICK = '1';
}

const isQuick = (): boolean => process.env.HEADROOM_BENCH_QUICK === '1';

/** So much work, or what is enough to see that a bench runs. */
export function unlessQuick<T>(work: T, little: T): T {
  return isQuick() ? little : work;
}

/** Where results and plots go: figures that mean nothing do not replace those that do. */
export function outputFolder(): string {
  return isQuick() ? join(__dirname, '..', '..', '.cache', 'bench') : join(__dirname, '..');
}
