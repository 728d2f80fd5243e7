/**
 * A real Node-RED in little memory under loads that gateways have, each twice: as people build it from core nodes, and
 * with the node of this package that is made for it.
 */
import { makeCgroup } from '../test/support/cgroup';
import { table } from '../tools/table';
import { type Outcome, survive } from './survival-run';
import { camera } from './workloads/camera';
import { chartHistory } from './workloads/chart-history';
import { csvImport } from './workloads/csv-import';
import { leak } from './workloads/leak';
import { linkCall } from './workloads/link-call';
import { python } from './workloads/python';
import { slowConsumer } from './workloads/slow-consumer';
import { smallContainer } from './workloads/small-container';
import type { Workload } from './workloads/workload';

const MB = 1_048_576;
const SECONDS = Number(process.env.LAB_SURVIVAL_SECONDS ?? 35);

const WORKLOADS: Record<string, Workload> = {
  'slow-consumer': slowConsumer,
  leak,
  camera,
  'csv-import': csvImport,
  'chart-history': chartHistory,
  'link-call': linkCall,
  python,
  'small-container': smallContainer,
};

/** The names in `LAB_SURVIVAL_ONLY`, or all. */
function asked(): Workload[] {
  const names = process.env.LAB_SURVIVAL_ONLY?.split(',') ?? Object.keys(WORKLOADS);
  return names.map((name) => {
    const workload = WORKLOADS[name];
    if (workload) return workload;
    throw new Error(
      `LAB_SURVIVAL_ONLY: ${name} is not known, expected some of ${Object.keys(WORKLOADS).join(', ')}`,
    );
  });
}

export async function survivalTable(): Promise<string> {
  const contained = canContain();
  const rows: string[][] = [];
  const notRun: string[] = [];
  for (const workload of asked()) {
    if (workload.needsContainer && !contained) {
      notRun.push(workload.name);
      continue;
    }
    for (const ours of [false, true]) {
      const outcome = await survive(workload, ours, SECONDS * 1000);
      console.error(workload.name, ours ? workload.ours : 'core nodes', JSON.stringify(outcome));
      rows.push([...titlesOf(workload, ours, contained), ...figuresOf(outcome)]);
    }
  }
  return [
    `Node-RED ${contained ? 'in a container (cgroup) and a V8 heap of the sizes named' : 'in a V8 heap of the size named; no container could be made here'}; messages are sent for ${SECONDS} s.`,
    table(HEADER, rows),
    ...notRun.map((name) => `Not run, for it needs a container: ${name}.`),
  ].join('\n\n');
}

const HEADER = [
  'load',
  'with',
  'lived',
  'peak RSS, MB',
  'sent',
  'arrived',
  'shed and counted',
  'not arrived',
  'arrived a second',
  'p99, ms',
  'GC pauses, ms: in all, longest',
];

function titlesOf(workload: Workload, ours: boolean, contained: boolean): string[] {
  const limits = [
    workload.heapMb === null ? 'V8 as it is' : `heap ${workload.heapMb} MB`,
    ...(contained ? [`container ${workload.containerMb} MB`] : []),
  ];
  return ours ? ['', workload.ours] : [`**${workload.name}** (${limits.join(', ')})`, 'core nodes alone'];
}

/** The cells of one run. What did not arrive is lost where Node-RED died, and else still waits somewhere. */
export function figuresOf(outcome: Outcome): string[] {
  const { diedAfterMs, by, ranMs, peakBytes, sent, arrived, shed, p99Ms, pauses, events } = outcome;
  const died = diedAfterMs !== null;
  const missing = Math.max(0, sent - arrived - shed);
  const happened = Object.entries(events).map(([name, times]) => `, script ${name} ${times} ×`);
  return [
    (died ? `**died after ${(diedAfterMs / 1000).toFixed(1)} s**: ${by}` : 'yes') + happened.join(''),
    peakBytes === null ? '' : (peakBytes / MB).toFixed(0),
    grouped(sent),
    grouped(arrived),
    grouped(shed),
    missing === 0 ? '0' : `${grouped(missing)} ${died ? 'lost' : 'waiting'}`,
    grouped((arrived / ranMs) * 1000),
    p99Ms === null ? '' : grouped(p99Ms),
    pauses === null ? '' : `${pauses.totalMs.toFixed(0)}, ${pauses.longestMs.toFixed(0)}`,
  ];
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function canContain(): boolean {
  const cgroup = makeCgroup('survival-try', 64 * MB);
  cgroup?.remove();
  return cgroup !== null;
}
