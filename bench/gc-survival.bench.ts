/**
 * The smallest container that a growing flow survives: V8 as it is, memory-tune with govern, and flags chosen by
 * hand at start. A real Node-RED in a real cgroup. `HEADROOM_CELL` picks the versions; needs root on Linux.
 */
import { makeCgroup } from '../test/support/cgroup';
import { GROWN_AFTER, growingFlow } from '../test/support/growing-flow';
import { type FlowNode, startNodeRed } from '../tools/node-red/start';
import { table } from '../tools/table';
import { printAgainst } from './support/against';
import { summarise, told } from './support/measure';
import { type Series, writePlot } from './support/plot';
import { unlessQuick } from './support/quick';

const MB = 1_048_576;
const MESSAGES = Number(process.env.SURVIVAL_MESSAGES ?? unlessQuick(220, 120));
const REPEATS = Number(process.env.SURVIVAL_REPEATS ?? unlessQuick(2, 1));
const STEP_MB = unlessQuick(8, 60);
/** The share of what default settings need that govern is to live in: looked at exactly, beside the steps. */
const GOAL = 0.82;

interface Way {
  name: string;
  flows: FlowNode[];
  nodeArgs(limitMb: number): string[];
  from: number;
}

const TUNE: FlowNode = {
  id: 'tune',
  type: 'memory-tune',
  z: 'load',
  x: 1,
  y: 1,
  profile: 'govern',
  wires: [[]],
};

const WAYS: Way[] = [
  { name: 'V8 as it is', flows: [], nodeArgs: () => [], from: 224 },
  { name: 'memory-tune, govern', flows: [TUNE], nodeArgs: () => [], from: 184 },
  {
    name: 'start flags by hand',
    flows: [],
    nodeArgs: (limit) => [`--max-old-space-size=${limit - 40}`, '--max-semi-space-size=2'],
    from: 184,
  },
];

interface Outcome {
  lived: boolean;
  messages: number;
  cpuMsPerMessage: number;
  peakMb: number;
}

async function run(way: Way, kept: number, limitMb: number): Promise<Outcome> {
  const cgroup = makeCgroup(`survival-${limitMb}`, limitMb * MB);
  if (!cgroup) throw new Error('this system lets nobody make a memory cgroup here: run as root on Linux');
  let messages = 0;
  let cpuMs = 0;
  let first: number | null = null;
  try {
    const red = await startNodeRed({
      flows: [...growingFlow({ kept }), ...way.flows],
      nodeArgs: way.nodeArgs(limitMb),
      launcher: cgroup.launcher,
    });
    try {
      while (messages < MESSAGES) {
        const from = red.reports.length;
        const report = await red.until<{ kind: 'status'; id: string; status: { text?: string } }>(
          (one) => one.kind === 'status' && one.id === 'count',
          60_000,
          from,
        );
        messages = Number(report.status.text);
        const { user, system } = await red.ask<NodeJS.CpuUsage>('cpu');
        cpuMs = (user + system) / 1000;
        if (first === null && messages >= GROWN_AFTER) first = cpuMs;
      }
    } catch (error) {
      if (!red.end) throw error;
      console.error(way.name, limitMb, 'ended', red.end, red.log.slice(-12).join('\n'));
    } finally {
      await red.stop();
    }
  } catch (error) {
    if (!/ended/.test(String(error))) throw error;
  }
  const peakMb = cgroup.peak() / MB;
  cgroup.remove();
  const after = messages - GROWN_AFTER;
  const cpuMsPerMessage = first !== null && after > 0 ? (cpuMs - first) / after : Number.NaN;
  return { lived: messages >= MESSAGES, messages, cpuMsPerMessage, peakMb };
}

/** Limits to try, MB, the largest first: in steps, and the goal once it is known what default settings need. */
function limits(from: number, usual: number): number[] {
  const steps = Array.from({ length: (from - 100) / STEP_MB }, (_, i) => from - i * STEP_MB);
  const goal = Number.isNaN(usual) ? [] : [Math.floor(GOAL * usual)];
  return [...new Set([...steps, ...goal])].sort((a, b) => b - a);
}

/** Goes down while every repetition lives. */
async function smallest(way: Way, kept: number, usual: number): Promise<Map<number, Outcome[]>> {
  const outcomes = new Map<number, Outcome[]>();
  for (const limit of limits(way.from, usual)) {
    const runs: Outcome[] = [];
    for (let i = 0; i < REPEATS; i += 1) {
      const outcome = await run(way, kept, limit);
      runs.push(outcome);
      console.error(way.name, limit, JSON.stringify(outcome));
      if (!outcome.lived) break;
    }
    outcomes.set(limit, runs);
    if (runs.some(({ lived }) => !lived)) break;
  }
  return outcomes;
}

async function compare(kept: number, what: string): Promise<void> {
  const rows: string[][] = [];
  const series: Series[] = [];
  const least = new Map<string, number>();
  let usual = Number.NaN;
  let usualCpu = Number.NaN;
  for (const way of WAYS) {
    const outcomes = await smallest(way, kept, usual);
    const lived = [...outcomes].filter(([, runs]) => runs.every((one) => one.lived));
    if (Number.isNaN(usual)) {
      usual = Math.min(...lived.map(([limit]) => limit));
      usualCpu = summarise(lived.flatMap(([, runs]) => runs.map((one) => one.cpuMsPerMessage))).median;
    }
    least.set(way.name, Math.min(...lived.map(([limit]) => limit)));
    series.push({
      name: way.name,
      marks: true,
      points: lived.map(([limit, runs]) => [limit, summarise(runs.map((one) => one.cpuMsPerMessage)).median]),
    });
    for (const [limit, runs] of outcomes) {
      const cpu = summarise(runs.map((one) => one.cpuMsPerMessage).filter((ms) => !Number.isNaN(ms)));
      rows.push([
        way.name,
        String(limit),
        (limit / usual).toFixed(2),
        `${runs.filter((one) => one.lived).length} of ${runs.length}`,
        Math.max(...runs.map((one) => one.peakMb)).toFixed(0),
        cpu.rounds.length === 0 ? '' : told(cpu, (ms) => ms.toFixed(1)),
        cpu.rounds.length === 0 ? '' : `${((100 * cpu.median) / usualCpu - 100).toFixed(0)} %`,
      ]);
    }
  }
  console.log(
    table(
      ['', 'limit, MB', 'of the least default needs', 'lived', 'peak, MB', 'CPU ms/msg', 'CPU more'],
      rows,
    ),
  );
  const plot = {
    title: `CPU of a message in a container that it survives; ${what}`,
    x: { label: 'limit of the container, MB', from: 120 },
    y: { label: 'CPU ms per message' },
    series,
  };
  console.log(`\n${writePlot(`survival-kept-${kept}`, plot)}`);
  const [usually, ours, byHand] = WAYS.map(({ name }) => name) as [string, string, string];
  for (const peer of [usually, byHand]) {
    const ratio = summarise([(least.get(ours) ?? Number.NaN) / (least.get(peer) ?? Number.NaN)]);
    printAgainst({ nodes: 'memory-tune', peer, of: `least container survived, govern; ${what}`, ratio });
  }
}

async function main(): Promise<void> {
  console.log(
    `Node-RED in a container, ${MESSAGES} messages; 80 MB alive after ${GROWN_AFTER} of them. CPU per message is counted from there.\n`,
  );
  console.log('What a message makes (4 MB) dies with it:\n');
  await compare(0, 'what a message makes dies with it');
  console.log('\nIt lives on for three messages, so that nearly all of it gets into old space:\n');
  await compare(3, 'it lives on for three messages');
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
