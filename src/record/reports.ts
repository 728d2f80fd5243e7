import type { LastRun } from './last-run';

/** How the run before this process ended, by file: deploys ask again. `told`: somebody has been told. */
const reports = new Map<string, { lastRun: LastRun | null; told: boolean }>();
const MOST_REPORTS = 8;

/** How the last run ended, for each file that was opened in this process and knows of one. */
export function lastRuns(): LastRun[] {
  return [...reports.values()].flatMap(({ lastRun }) => lastRun ?? []);
}

export function remember(path: string, lastRun: LastRun | null): void {
  reports.delete(path);
  reports.set(path, { lastRun, told: false });
  for (const oldest of reports.keys()) if (reports.size > MOST_REPORTS) reports.delete(oldest);
}

export function remembered(path: string): LastRun | null {
  return reports.get(path)?.lastRun ?? null;
}

/** True once for each file. */
export function takeNews(path: string): boolean {
  const report = reports.get(path);
  if (!report || report.told) return false;
  report.told = true;
  return true;
}
