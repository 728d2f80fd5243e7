/** What one update of the memory tab costs its page, told by Chromium's own trace. */
import type { Browser, Page } from 'playwright-core';
import { table } from '../../tools/table';
import { figure } from './measure';

const BEGUN = 'headroom update begun';
const DONE = 'headroom update done';

/** Runs in the page before the tab opens: marks in the trace where script takes an answer, and where it is done. */
const MARKS = `
  const ajax = $.ajax;
  $.ajax = (options) => {
    const request = ajax(options);
    if (!options.url.startsWith('headroom/state')) return request;
    const marked = (take) => (answer) => {
      performance.mark('${BEGUN}');
      take(answer);
      performance.mark('${DONE}');
    };
    return { abort: () => request.abort(), then: (take, fail) => request.then(marked(take), fail) };
  };`;

/** The rest of a frame, by Chromium's names. */
const PARTS: Record<string, readonly string[]> = {
  'style and layout': ['UpdateLayoutTree', 'Layout'],
  'painting, by the main thread': ['PrePaint', 'Paint', 'Layerize', 'Commit'],
};

/** `ts` and `dur` are of the clock, `tts` and `tdur` of the thread's CPU time; all in microseconds. */
interface TraceEvent {
  name: string;
  ts: number;
  dur?: number;
  tts: number;
  tdur?: number;
  pid: number;
  tid: number;
}

export async function markUpdates(page: Page): Promise<void> {
  await page.evaluate(MARKS);
}

/**
 * Median and 95 % of the CPU milliseconds that each update takes while `updates` goes on: the tab's script from the
 * answer on, and until the next answer the rest of the frame. That rest is of the whole page: the editor's statuses too.
 */
export async function frameTable(
  browser: Browser,
  page: Page,
  updates: () => Promise<void>,
): Promise<string> {
  await browser.startTracing(page, { categories: ['blink.user_timing', 'devtools.timeline'] });
  await updates();
  const { traceEvents }: { traceEvents: TraceEvent[] } = JSON.parse(String(await browser.stopTracing()));
  const first = traceEvents.find(({ name }) => name === BEGUN);
  if (!first) throw new Error('bench: no update in the trace of the page');
  const main = traceEvents
    .filter(({ pid, tid }) => pid === first.pid && tid === first.tid)
    .sort((a, b) => a.ts - b.ts);
  const frames = framesOf(main);
  const parts = new Map(
    ['script of the tab', ...Object.keys(PARTS), 'together'].map((part) => [
      part,
      frames.map((frame) => frame[part] ?? 0),
    ]),
  );
  return table(['ms for one update', 'median', '95 %'], [...parts].map(row));
}

/** The milliseconds of each part, for each update that ends within the trace. */
function framesOf(events: TraceEvent[]): Record<string, number>[] {
  const frames: Record<string, number>[] = [];
  let began = 0;
  /** What lies within something that was counted is counted with it. */
  let countedUntil = 0;
  const add = (part: string, us: number): void => {
    const frame = frames.at(-1) ?? {};
    for (const sum of [part, 'together']) frame[sum] = (frame[sum] ?? 0) + us / 1_000;
  };
  for (const { name, ts, dur = 0, tts, tdur = 0 } of events) {
    if (name === BEGUN) {
      frames.push({});
      began = tts;
      countedUntil = Number.POSITIVE_INFINITY;
    } else if (name === DONE) {
      add('script of the tab', tts - began);
      countedUntil = ts;
    } else if (ts >= countedUntil) {
      const part = Object.keys(PARTS).find((candidate) => PARTS[candidate]?.includes(name));
      if (!part) continue;
      add(part, tdur);
      countedUntil = ts + dur;
    }
  }
  return frames.slice(0, -1);
}

function row([name, values]: [string, number[]]): string[] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): string => figure(sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN);
  return [name, at(0.5), at(0.95)];
}
