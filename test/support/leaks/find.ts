import { join } from 'node:path';
import type { ProfileReport } from '../../../src';
import { type FlowNode, type NodeRed, startNodeRed } from '../../../tools/node-red/start';
import { LEAKY_NODES, type LeakingFlow } from './flows';

const HARNESS = join(__dirname, '../../../tools/node-red/harness');

/** What a profile said about a leaking flow. */
export interface Finding {
  report: ProfileReport;
  /** 1 when the culprit is the heaviest node; infinite when it is not in the list. */
  rank: number;
}

const at = { z: 'profile', x: 100, y: 100 };
const press = (id: string): FlowNode => ({
  ...{ ...at, id, type: 'inject', name: '', repeat: '', once: false },
  ...{ props: [{ p: 'payload' }], payload: id, payloadType: 'str', wires: [['profiler']] },
});

const PROFILE: FlowNode[] = [
  { id: 'profile', type: 'tab', label: 'Profile' },
  ...['start', 'take', 'stop'].map(press),
  {
    ...at,
    id: 'profiler',
    type: 'memory-profile',
    name: '',
    mode: 'live',
    durationMs: 0,
    wires: [['report']],
  },
  { ...at, id: 'report', type: 'debug', active: false, wires: [] },
];

/** A Node-RED that can run the leaking flows one after another. */
export function startLeaky(options: Partial<Parameters<typeof startNodeRed>[0]> = {}): Promise<NodeRed> {
  return startNodeRed({
    flows: PROFILE,
    observe: ['profiler'],
    ...options,
    settings: {
      nodesDir: [HARNESS, LEAKY_NODES],
      functionExternalModules: true,
      functionGlobalContext: { shared: { rows: [] } },
    },
  });
}

/** Deploys a leaking flow, profiles it while it leaks, and looks for its culprit. */
export async function find(red: NodeRed, { nodes, culprit, begin }: LeakingFlow): Promise<Finding> {
  await red.deploy([...PROFILE, ...nodes]);
  const known = red.messages('profiler').length;
  const from = red.reports.length;
  await red.inject('start');
  await red.until(
    (report) => report.kind === 'status' && report.id === 'profiler' && report.status.fill === 'blue',
    10_000,
    from,
  );
  const aborted = new AbortController();
  if (begin) await request(`${red.url}${begin.path}`, begin.requests, aborted.signal);
  else {
    await red.inject('begin');
    await red.until(
      (report) => report.kind === 'status' && report.id === 'pump' && report.status.text === 'done',
      30_000,
      from,
    );
  }
  await red.inject('stop');
  const reports = await red.untilMessages('profiler', known + 1, 30_000);
  aborted.abort();
  const report = reports[known]?.payload as ProfileReport;
  const rank = report.nodes.findIndex(({ id }) => id === culprit) + 1;
  return { report, rank: rank || Number.POSITIVE_INFINITY };
}

/** Requests that nobody answers. */
async function request(url: string, count: number, signal: AbortSignal): Promise<void> {
  const body = JSON.stringify(Array.from({ length: 1_000 }, (_, n) => ({ n, text: `reading ${n}` })));
  const headers = { 'content-type': 'application/json' };
  for (let sent = 0; sent < count; sent += 1)
    fetch(url, { method: 'POST', headers, body, signal }).catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 2_000));
}
