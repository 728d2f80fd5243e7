/** A file through function → function → sink in a real Node-RED with a small heap: time and memory, seen from outside. */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { type FlowNode, startNodeRed } from '../../tools/node-red/start';
import type { LinesFile } from './file';

const MB = 1_048_576;
const at = { z: 'flow', x: 1, y: 1 };
const WATCH_MS = 50;

export interface Run {
  /** Whether all lines came through. */
  lived: boolean;
  lines: number;
  seconds: number;
  cpuSeconds: number;
  firstMs: number;
  idleMb: number;
  peakMb: number;
  /** Seconds since the start and MB, at each look. */
  rss: [number, number][];
  /** The last line of its log, where it died. */
  death: string | null;
}

function fn(id: string, func: string, wires: string[]): FlowNode {
  return { id, type: 'function', ...at, func, outputs: 1, libs: [], wires: [wires] };
}

/** Tells of the first message and of the last by its status, for which nobody needs a hook. */
const COUNT = `globalThis.n = (globalThis.n ?? 0) + (Array.isArray(msg.payload) ? msg.payload.length : 1);
if (globalThis.n <= 1 || msg.parts.index === 0) node.status({ text: 'first ' + Date.now() });
if (msg.parts.count) node.status({ text: 'last ' + globalThis.n });`;

/** A limit of rate, as users put one behind a source that is too quick. */
const LIMIT: FlowNode = {
  id: 'f1',
  type: 'delay',
  ...at,
  pauseType: 'rate',
  rate: '200',
  nbRateUnits: '1',
  rateUnits: 'second',
  timeout: '5',
  timeoutUnits: 'seconds',
  drop: false,
  allowrate: false,
  outputs: 1,
  wires: [['sink']],
};

/** What stands between the source and the sink: functions, or a core node that lets 200 messages through in a second. */
const CHAINS: Record<string, FlowNode[]> = {
  quick: [
    fn('f1', 'msg.seen = 1; return msg;', ['f2']),
    fn('f2', 'msg.seen += 1; return msg;', ['sink']),
    fn('sink', COUNT, []),
  ],
  limited: [LIMIT, fn('sink', COUNT, [])],
};

export const LAZY = { type: 'memory-lazy', source: 'lines', from: 'filename', fromType: 'msg' };
export const CORE = {
  type: 'file in',
  filename: 'filename',
  filenameType: 'msg',
  format: 'lines',
  allProps: false,
  sendError: false,
};

export async function throughFlow(
  source: { type: string; [field: string]: unknown },
  file: LinesFile,
  { chain = 'quick' as keyof typeof CHAINS, heapMb = 128, mostSeconds = 120, cpuProf = '' } = {},
): Promise<Run> {
  const flows: FlowNode[] = [
    { id: 'flow', type: 'tab', label: 'Lines' },
    {
      id: 'go',
      type: 'inject',
      ...at,
      props: [{ p: 'filename', v: file.path, vt: 'str' }],
      wires: [['source']],
    },
    { id: 'source', ...at, ...source, wires: [['f1']] },
    ...(CHAINS[chain] ?? []),
  ];
  const nodeArgs = [
    `--max-old-space-size=${heapMb}`,
    ...(cpuProf ? ['--cpu-prof', `--cpu-prof-dir=${cpuProf}`] : []),
  ];
  const red = await startNodeRed({ flows, nodeArgs });
  const rss: [number, number][] = [];
  let watch: NodeJS.Timeout | undefined;
  try {
    await pause(1_500);
    const idleMb = rssMb(red.pid);
    const cpuBefore = await red.ask<NodeJS.CpuUsage>('cpu');
    const begun = Date.now();
    const seconds = (): number => (Date.now() - begun) / 1_000;
    watch = setInterval(() => rss.push([seconds(), rssMb(red.pid)]), WATCH_MS);
    await red.inject('go');
    const told = async (word: string): Promise<string | null> => {
      const left = mostSeconds * 1_000 - (Date.now() - begun);
      const report = await red
        .until<{ kind: 'status'; id: string; status: { text: string } }>(
          (one) => one.kind === 'status' && one.id === 'sink' && Boolean(one.status.text?.startsWith(word)),
          Math.max(1, left),
        )
        .catch(() => null);
      return report ? (report.status.text.split(' ')[1] ?? null) : null;
    };
    const first = await told('first');
    const last = await told('last');
    const took = seconds();
    const cpu = red.end ? null : await red.ask<NodeJS.CpuUsage>('cpu');
    const used = (key: 'user' | 'system'): number => ((cpu?.[key] ?? Number.NaN) - cpuBefore[key]) / 1e6;
    return {
      lived: last !== null,
      lines: Number(last ?? 0),
      seconds: took,
      cpuSeconds: used('user') + used('system'),
      firstMs: Number(first) - begun,
      idleMb,
      peakMb: Math.max(...rss.map(([, mb]) => mb)),
      rss,
      death: red.end
        ? (red.log.find((line) => /FATAL|heap out of memory/i.test(line)) ??
          `ended with ${red.end.code ?? red.end.signal}`)
        : null,
    };
  } finally {
    clearInterval(watch);
    await red.stop();
  }
}

function rssMb(pid: number): number {
  try {
    const [, kb] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return (Number(kb ?? 0) * 1_024) / MB;
  } catch {
    return 0;
  }
}
