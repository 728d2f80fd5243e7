import type { FlowNode } from '../../tools/node-red/start';

/** A load as gateways have it, as people build it from core nodes, and with the node of ours that is made for it. */
export interface Workload {
  name: string;
  /** What is added, or put in place of a core node. */
  ours: string;
  /** `--max-old-space-size`; null leaves V8 as it is. */
  heapMb: number | null;
  /** Of the container, where one can be made. */
  containerMb: number;
  /** Whether it says anything without a container. */
  needsContainer?: boolean;
  /** Files that the flow reads. */
  prepare?(folder: string): void;
  flows(options: WorkloadOptions): FlowNode[];
}

export interface WorkloadOptions {
  ours: boolean;
  /** How long its sources send. */
  lastsMs: number;
  /** A folder of this run alone. */
  folder: string;
}

/** What nodes of a workload tell, as the text of their status: counts since the start, delays since the last time. */
export interface Told {
  sent?: number;
  /** Nothing more will be sent. */
  finished?: boolean;
  arrived?: number;
  delays?: number[];
  /** Not let through, or dropped, by a node of ours, which has counted it. */
  shed?: number;
  /** What else happened, by name. */
  events?: Record<string, number>;
}

const TELL_EVERY_MS = 250;

export const TAB: FlowNode = { id: 'tab', type: 'tab', label: 'survival' };
export const at = { z: 'tab', x: 1, y: 1 };

export function fn(
  id: string,
  func: string,
  wires: string[][],
  more: Record<string, unknown> = {},
): FlowNode {
  return { ...at, id, type: 'function', func, outputs: wires.length, libs: [], ...more, wires };
}

/**
 * Sends `perSecond` messages a second and what `make` (the body of a function of `n`) returns, with the time as
 * `sentAt`; what fell due while Node-RED was busy is sent late, as a broker would.
 */
export function source(
  id: string,
  {
    perSecond,
    lastsMs,
    make,
    told = true,
  }: { perSecond: number; lastsMs: number; make: string; told?: boolean },
  wires: string[],
): FlowNode {
  const initialize = `
    const make = (n) => { ${make} };
    const begun = Date.now();
    let sent = 0, toldAt = 0;
    const timer = setInterval(() => {
      const passed = Date.now() - begun;
      const due = Math.floor((Math.min(passed, ${lastsMs}) * ${perSecond}) / 1000);
      while (sent < due) {
        sent += 1;
        node.send({ ...make(sent), sentAt: Date.now() });
      }
      const finished = passed >= ${lastsMs};
      if (finished) clearInterval(timer);
      if (!${told} || (!finished && passed - toldAt < ${TELL_EVERY_MS})) return;
      toldAt = passed;
      node.status({ text: JSON.stringify({ sent, finished }) });
    }, ${Math.max(10, Math.round(1000 / perSecond))});
    context.set('timer', timer);`;
  return fn(id, 'return null;', [wires], { initialize, finalize: "clearInterval(context.get('timer'));" });
}

/** Counts what arrives, and how long after it was sent. */
export function sink(id: string): FlowNode {
  const initialize = `
    const seen = { arrived: 0, delays: [] };
    let told = -1;
    context.set('seen', seen);
    context.set('timer', setInterval(() => {
      if (told === seen.arrived) return;
      told = seen.arrived;
      node.status({ text: JSON.stringify(seen) });
      seen.delays.length = 0;
    }, ${TELL_EVERY_MS}));`;
  const func = `
    const seen = context.get('seen');
    seen.arrived += 1;
    if (msg.sentAt) seen.delays.push(Date.now() - msg.sentAt);
    return null;`;
  return fn(id, func, [[]], { initialize, finalize: "clearInterval(context.get('timer'));" });
}

/** A leak-watch of this Node-RED before the node `next`, and what asks it each second how much it has shed. */
export function gate(next: string, diverted: string[] = []): FlowNode[] {
  const whenLeaking = diverted.length > 0 ? 'divert' : 'drop';
  const tell = `
    const { dropped, diverted } = msg.payload;
    node.status({ text: JSON.stringify({ shed: dropped + diverted }) });
    return null;`;
  return [
    {
      ...at,
      id: 'gate',
      type: 'leak-watch',
      source: 'self',
      whenLeaking,
      wires: [[next], diverted, ['shed']],
    },
    {
      ...{ ...at, id: 'ask', type: 'inject', repeat: '0.5', once: true, onceDelay: 0.5 },
      ...{ props: [{ p: 'control', v: 'status', vt: 'str' }], wires: [['gate']] },
    },
    fn('shed', tell, [[]]),
  ];
}
