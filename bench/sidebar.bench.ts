/**
 * What the memory tab costs while it is open: the runtime that is asked once a second, and the page that draws. The
 * page gets an hour of answers in a few seconds: its pauses are cut short, and each answer is a second on.
 */

import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, Page, Route } from 'playwright-core';
import type { HistoryColumns, Look, MemoryState } from '../src';
import { HISTORY_FIELDS } from '../src/report/shape';
import { findChromium, launchChromium } from '../test/support/chromium';
import { type FlowNode, type NodeRed, startNodeRed } from '../tools/node-red/start';
import { table } from '../tools/table';

import { frameTable, markUpdates } from './support/frames';
import { figure, summarise, told } from './support/measure';
import { writePlot } from './support/plot';
import { unlessQuick } from './support/quick';

const MB = 2 ** 20;
const ROUNDS = unlessQuick(3, 1);
const SECONDS = unlessQuick(10, 2);
/** Looks a second that make the cost of one plain to see. */
const MANY = 20;
/** Longer than the runtime's lease. */
const AT_REST_MS = 17_000;
const LENGTH = 10;

const at = { z: 'flow', x: 1, y: 1 };
/** A gateway with some work: twenty messages a second through ten function nodes, then held for five seconds. */
const GATEWAY: FlowNode[] = [
  { id: 'flow', type: 'tab', label: 'Gateway' },
  {
    id: 'f-1',
    type: 'inject',
    ...at,
    props: [{ p: 'payload' }],
    repeat: '0.05',
    payload: '{"a":[1,2,3],"b":"text"}',
    payloadType: 'json',
    wires: [['f0']],
  },
  ...Array.from({ length: LENGTH }, (_, i) => ({
    id: `f${i}`,
    type: 'function',
    ...at,
    func: 'msg.count = (msg.count ?? 0) + 1; return msg;',
    outputs: 1,
    libs: [],
    wires: [[i === LENGTH - 1 ? 'delay' : `f${i + 1}`]],
  })),
  {
    id: 'delay',
    type: 'delay',
    ...at,
    pauseType: 'delay',
    timeout: '5',
    timeoutUnits: 'seconds',
    rate: '1',
    nbRateUnits: '1',
    rateUnits: 'second',
    outputs: 1,
    wires: [[]],
  },
];

async function cpuPercent(red: NodeRed, looks: () => Promise<unknown>): Promise<number> {
  const before = await red.ask<NodeJS.CpuUsage>('cpu');
  const began = performance.now();
  for (let second = 1; second <= SECONDS; second += 1) {
    await looks();
    await pause(Math.max(0, began + 1_000 * second - performance.now()));
  }
  const after = await red.ask<NodeJS.CpuUsage>('cpu');
  const used = after.user + after.system - before.user - before.system;
  return used / 10 / (performance.now() - began);
}

async function runtimeCost(): Promise<string> {
  const red = await startNodeRed({ flows: GATEWAY });
  let bytes = 0;
  /** One open tab, as its page asks. */
  function tab(): () => Promise<void> {
    let known = { after: 0, run: 0 };
    return async () => {
      const text = await (
        await fetch(`${red.url}/headroom/state?after=${known.after}&run=${known.run}`)
      ).text();
      bytes = text.length;
      const look: Look = JSON.parse(text);
      known = { run: look.run, after: look.history.seconds.time.at(-1) ?? known.after };
    };
  }
  try {
    const first = tab();
    const second = tab();
    await cpuPercent(red, first); // warms up
    await pause(AT_REST_MS);
    const ways = {
      'tab closed': async () => {},
      'tab open': first,
      'open in two editors': () => Promise.all([first(), second()]),
      [`${MANY} looks a second`]: async () => {
        for (let i = 0; i < MANY; i += 1) await first();
      },
    };
    const percents = new Map<string, number[]>(Object.keys(ways).map((name) => [name, []]));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, looks] of Object.entries(ways))
        percents.get(name)?.push(await cpuPercent(red, looks));
      if (round < ROUNDS - 1) await pause(AT_REST_MS);
    }
    const closed = summarise(percents.get('tab closed') ?? []).median;
    const rows = [...percents].map(([name, values]) => {
      const percent = summarise(values);
      return [name, told(percent), figure(percent.median - closed)];
    });
    const [open = 0, many = 0] = ['tab open', `${MANY} looks a second`].map(
      (name) => summarise(percents.get(name) ?? []).median,
    );
    const oneLook = (many - open) / (MANY - 1);
    const size = `One look a second takes ${figure(oneLook)} % of a core; its answer has ${bytes} bytes.`;
    return `Runtime, CPU in percent of one core:\n\n${table(['', 'percent', 'more than closed'], rows)}\n\n${size}`;
  } finally {
    await red.stop();
  }
}

const HOUR = unlessQuick(3_600, 120);
/** Between two looks at the heap. */
const STEP = unlessQuick(600, 120);
/** Of the first minutes, all but one are looked at frame by frame. */
const FRAMES_UNTIL = unlessQuick(360, 100);

/** An hour of answers, one a second, made while they are asked for. */
function answers(first: Look): () => string {
  const began = Date.now() - HOUR * 1_000;
  let second = 0;
  const wave = (height: number): number => Math.round((60 + height + 20 * Math.sin(second / 40)) * MB);
  const columns = (time: number): HistoryColumns => ({
    time: [time],
    columns: Object.fromEntries(
      HISTORY_FIELDS.map((field, i) => [
        field,
        [field === 'major' ? Number(second % 30 === 0) : wave(10 * i)],
      ]),
    ) as HistoryColumns['columns'],
  });
  const none = { time: [], columns: columns(0).columns };
  const named = (i: number): object => ({ id: `n${i}`, name: `node ${i}`, type: 'function', flow: 'Flow' });
  return () => {
    const time = began + 1_000 * second;
    const nodes = Array.from({ length: 8 }, (_, i) => ({
      ...named(i),
      bytes: wave(i),
      externalBytes: 0,
      percent: 9,
    }));
    const inFlight = nodes.map((node, i) => ({ ...node, messages: i, oldestMs: 1_000 * second, givenUp: 0 }));
    const state = { ...first.state, time, nodes, inFlight } as unknown as MemoryState;
    const history = {
      seconds: columns(time),
      quarters: second % 15 === 0 ? columns(time) : none,
      deploys: [],
    };
    second += 1;
    return JSON.stringify({ ...first, level: 'fine', whole: second === 1, state, history });
  };
}

/** Gives the page its answers as fast as it asks, up to a second of the hour; then it has to wait. */
class Feed {
  #asked = 0;
  #upTo = 0;
  #reached = (): void => {};
  #goOn = (): void => {};

  constructor(private readonly next: () => string) {}

  async answer(route: Route): Promise<void> {
    if (this.#asked === this.#upTo) {
      const more = new Promise<void>((resolve) => {
        this.#goOn = resolve;
      });
      this.#reached();
      await more;
    }
    this.#asked += 1;
    await route.fulfill({ body: this.next(), contentType: 'application/json' });
  }

  /** Resolves when the page has drawn that second, and asks for the one after it. */
  upTo(second: number): Promise<void> {
    this.#upTo = second;
    this.#goOn();
    return new Promise((resolve) => {
      this.#reached = resolve;
    });
  }
}

/** Runs in the page before all else: pauses between two looks are cut short, all other timers are as they are. */
const FAST_CLOCK = `
  globalThis.headroomPauseMs = 0;
  const wait = setTimeout;
  globalThis.setTimeout = (run, ms, ...rest) =>
    wait(run, ms >= 500 && ms <= 1000 ? headroomPauseMs : ms, ...rest);`;
/** Each update gets a frame of its own. */
const FRAME_PAUSE_MS = 40;

async function pageFigures(page: Page, browser: Browser, look: Look): Promise<string> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const feed = new Feed(answers(look));
  const rows: string[][] = [];
  const heaps: [minutes: number, mb: number][] = [];
  let before = { second: 0, tasks: 0 };
  const measure = async (second: number): Promise<void> => {
    await session.send('HeapProfiler.collectGarbage');
    const { metrics } = await session.send('Performance.getMetrics');
    const value = (name: string): number =>
      metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
    const tasks = value('TaskDuration');
    const each = (1_000 * (tasks - before.tasks)) / (second - before.second);
    const heap = value('JSHeapUsedSize') / MB;
    rows.push([String(Math.round(second / 60)), figure(heap), figure(each)]);
    heaps.push([second / 60, heap]);
    before = { second, tasks };
  };
  await page.route('**/headroom/state*', (route) => feed.answer(route));
  await markUpdates(page);
  await page.evaluate("RED.actions.invoke('headroom:show-memory-tab')");
  await feed.upTo(60);
  await measure(60);
  await page.evaluate(`headroomPauseMs = ${FRAME_PAUSE_MS}`);
  const frames = await frameTable(browser, page, () => feed.upTo(FRAMES_UNTIL));
  await page.evaluate('headroomPauseMs = 0');
  await measure(FRAMES_UNTIL);
  for (let second = STEP; second <= HOUR; second += STEP) {
    await feed.upTo(second);
    await measure(second);
  }
  const plot = writePlot('sidebar-page', {
    title: 'Heap of a page with the memory tab open',
    x: { label: 'minutes of updates' },
    y: { label: 'MB' },
    series: [{ name: 'page heap', marks: true, points: heaps }],
  });
  const heap = table(['minutes of updates', 'page heap, MB', 'ms of main thread for one update'], rows);
  return `Page, one update of the tab and its frame, a second of history more; what is not script is of the whole page:

${frames}

An hour of updates at a fast clock; the last column has network, painting and the editor itself in it:

${heap}

${plot}`;
}

async function pageCost(): Promise<string> {
  const chromium = findChromium();
  if (!chromium) return 'No Chromium on this machine: the page was not measured.';
  const red = await startNodeRed({ flows: GATEWAY });
  const browser = await launchChromium(chromium);
  try {
    const look: Look = await (await fetch(`${red.url}/headroom/state`)).json();
    const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
    await page.addInitScript(FAST_CLOCK);
    await page.goto(red.url);
    await page.locator('#red-ui-header-button-deploy').waitFor();
    await page.locator('#red-ui-loading-progress').waitFor({ state: 'hidden' });
    return await pageFigures(page, browser, look);
  } finally {
    await browser.close();
    await red.stop();
  }
}

async function main(): Promise<void> {
  console.log(await runtimeCost());
  console.log(`\n${await pageCost()}`);
}

main();
