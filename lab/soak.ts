/**
 * Redeploys of every kind under load, faults of contexts and files, jumps of the clock; afterwards everything that
 * this package holds in the process must be what it was before.
 */
import { readdirSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { histogramOf } from '../src/census/heap/histogram';
import { type FlowNode, type NodeRed, startNodeRed } from '../tools/node-red/start';
import { table } from '../tools/table';
import { soakFlow } from './soak-flow';

/** What is counted before and after, with nothing of ours deployed. Bytes and counts. */
export interface Standing {
  /** What programs make: objects, closures, arrays, texts. */
  objects: Share;
  /** What V8 makes of programs: compiled code, shapes. It grows while code gets hot. */
  code: Share;
  arrayBuffers: number;
  handles: Record<string, number>;
  listeners: number;
  hooks: number;
  descriptors: number;
  temporaryFiles: number;
}

/** A part of the heap, as a snapshot has it. */
export interface Share {
  count: number;
  bytes: number;
}

export interface SoakResult {
  redeploys: Record<string, number>;
  before: Standing;
  after: Standing;
  /** What the log says that it should not. */
  complaints: string[];
}

/** Node-RED prints the errors of a deploy without a level. */
const COMPLAINT = /\[(error|fatal)\]|uncaught|MaxListeners|^\w*Error:/i;
const EMPTY: FlowNode[] = [{ id: 'empty', type: 'tab', label: 'empty' }];
const DAY_MS = 86_400_000;
const JUMPS = [0, 30 * DAY_MS, -DAY_MS, 3_600_000, 0];

/** The kinds of deploy, each with what it does to the flow of a round. */
const KINDS: Record<string, (red: NodeRed, round: number) => Promise<void>> = {
  full: (red, round) => red.deploy(soakFlow(round)),
  flows: (red, round) => red.deploy(soakFlow(round), 'flows'),
  nodes: (red, round) => red.deploy(soakFlow(round), 'nodes'),
  async 'disabled and enabled'(red, round) {
    const [tab, ...rest] = soakFlow(round);
    await red.deploy([{ ...(tab as FlowNode), disabled: true }, ...rest], 'flows');
    await red.deploy(soakFlow(round), 'flows');
  },
  async 'removed and added'(red, round) {
    await red.deploy(EMPTY);
    await red.deploy(soakFlow(round));
  },
};

export async function soak(redeploys: number, settleMs = 1_500): Promise<SoakResult> {
  const red = await startNodeRed({
    flows: EMPTY,
    nodeArgs: ['--expose-gc', '--require', join(__dirname, 'clock.cjs')],
  });
  try {
    const names = Object.keys(KINDS);
    const done: Record<string, number> = Object.fromEntries(names.map((name) => [name, 0]));
    // Once around, so that all code is loaded and warm.
    for (const name of names) await KINDS[name]?.(red, 0);
    await pause(2_000);
    await red.deploy(EMPTY);
    const before = await standing(red, settleMs);
    const complaints = new Set<string>();
    for (let round = 0; round < redeploys; round += 1) {
      const name = names[round % names.length] ?? 'full';
      await KINDS[name]?.(red, round);
      done[name] = (done[name] ?? 0) + 1;
      red.child.send({ clock: JUMPS[round % JUMPS.length] });
      await pause(round % 10 === 0 ? 1_000 : 50);
      for (const line of red.log.splice(0))
        if (COMPLAINT.test(line)) complaints.add(line.replace(/^\d+ \w+ [\d:]+ - /, ''));
      red.reports.length = 0;
    }
    red.child.send({ clock: 0 });
    await red.deploy(EMPTY);
    const after = await standing(red, settleMs);
    return { redeploys: done, before, after, complaints: [...complaints] };
  } finally {
    await red.stop();
  }
}

interface Resources {
  active: Record<string, number>;
  listeners: Record<string, Record<string, number>>;
  hooks: string[];
}

/** What is held once everything that ends by itself a moment later has ended. */
async function standing(red: NodeRed, settleMs: number): Promise<Standing> {
  await pause(settleMs);
  let memory = await red.ask<NodeJS.MemoryUsage>('memory');
  // Finalizers run between collections: what they free is gone only with the next.
  for (let round = 0; round < 4; round += 1) {
    await pause(50);
    memory = await red.ask<NodeJS.MemoryUsage>('memory');
  }
  // Its connections from deploys are Node-RED's own: they end when the server is tired of them.
  const {
    active: { TCPSocketWrap: _connections, ...active },
    listeners,
    hooks,
  } = await red.ask<Resources>('resources');
  return {
    ...(await heap(red)),
    arrayBuffers: memory.arrayBuffers,
    handles: active,
    listeners: Object.values(listeners)
      .flatMap(Object.values<number>)
      .reduce((all, one) => all + one, 0),
    hooks: hooks.length,
    descriptors: openFiles(red.pid),
    temporaryFiles: readdirSync(red.userDir, { recursive: true }).filter((name) =>
      /scope|\.tmp/.test(String(name)),
    ).length,
  };
}

const OF_V8: ReadonlySet<string> = new Set(['(compiled code)', '(object shape)', '(system)', '(number)']);

async function heap(red: NodeRed): Promise<Pick<Standing, 'objects' | 'code'>> {
  const file = join(red.userDir, 'harness.heapsnapshot');
  await red.ask('snapshot');
  const shares = { objects: { count: 0, bytes: 0 }, code: { count: 0, bytes: 0 } };
  for (const { type, count, bytes } of histogramOf(file).types) {
    const share = OF_V8.has(type) ? shares.code : shares.objects;
    share.count += count;
    share.bytes += bytes;
  }
  rmSync(file);
  return shares;
}

/** Open files and devices; sockets and pipes are handles, counted as such. */
function openFiles(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).filter((fd) => {
    try {
      return !/^(?:socket|pipe|anon_inode):/.test(readlinkSync(`${folder}/${fd}`));
    } catch {
      return false; // gone by now
    }
  }).length;
}

const MB = 1_048_576;

/** The table of docs/reliability.md. `LAB_REDEPLOYS` chooses another number. */
export async function soakTable(): Promise<string> {
  const { redeploys, before, after, complaints } = await soak(Number(process.env.LAB_REDEPLOYS ?? 2_000));
  const kinds = Object.entries(redeploys).map(([name, count]) => `${count} ${name}`);
  const figures = ({
    objects,
    code,
    arrayBuffers,
    handles,
    listeners,
    hooks,
    descriptors,
    temporaryFiles,
  }: Standing) => [
    objects.count.toLocaleString('en'),
    (objects.bytes / MB).toFixed(2),
    (code.bytes / MB).toFixed(2),
    (arrayBuffers / MB).toFixed(2),
    Object.entries(handles)
      .map(([name, count]) => `${count} ${name}`)
      .sort()
      .join(', '),
    ...[listeners, hooks, descriptors, temporaryFiles].map(String),
  ];
  const [was, is] = [figures(before), figures(after)];
  return [
    `Redeploys under load: ${kinds.join(', ')}. Counted with nothing of ours deployed.`,
    '',
    table(
      ['', 'before', 'after'],
      [
        'objects, closures, arrays, texts in the heap',
        'their bytes, MB',
        "V8's code and shapes, MB",
        'ArrayBuffers, MB',
        'handles',
        'listeners',
        'hooks',
        'open files',
        'temporary files',
      ].map((name, at) => [name, was[at] ?? '', is[at] ?? '']),
    ),
    '',
    complaints.length === 0
      ? 'The log had no error.'
      : `The log had:\n\n${complaints.map((line) => `    ${line}`).join('\n')}`,
  ].join('\n');
}
