/** What scopes give back under random ends of their bodies, and what a body costs in a real flow. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import {
  budgetResource,
  fileResource,
  type Hooks,
  ledger,
  noResource,
  permitResource,
  type Resource,
  Scope,
  temporaryFile,
  temporaryFolder,
} from '../src';
import { table } from '../tools/table';
import { figure, summarise } from './support/measure';

const { hooks, world } =
  require('../test/engine/ledger/flow-world') as typeof import('../test/engine/ledger/flow-world');

const BODIES = 10_000;
const AT_ONCE = 500;
const TIMEOUT_MS = 250;
const FATES = ['done', 'error', 'never', 'dropped', 'redeploy'] as const;
type Fate = (typeof FATES)[number];

const BOUNDS = { maxWaitMs: 0, maxWaiting: BODIES };
const folder = mkdtempSync(join(tmpdir(), 'headroom-scope-bench-'));
const RESOURCES: Record<string, { resource(): Resource; demand?: unknown }> = {
  'temp-folder': { resource: () => temporaryFolder({ folder }) },
  'temp-file': { resource: () => temporaryFile({ folder }) },
  file: { resource: () => fileResource({ folder, access: 'append' }), demand: 'log.txt' },
  permit: { resource: () => permitResource({ ...BOUNDS, count: AT_ONCE }), demand: 'bench' },
  budget: { resource: () => budgetResource(BOUNDS), demand: 1_024 },
  none: { resource: noResource },
};

const flow = world([
  { id: 'scope', wires: [['first']] },
  {
    id: 'first',
    wires: [['last']],
    input(msg, send, done) {
      if (msg.fate !== 'dropped') send(msg);
      done();
    },
  },
  {
    id: 'last',
    input(msg, _send, done) {
      if (msg.fate === 'error') done(new Error('meant to'));
      else if (msg.fate === 'done') done();
    },
  },
]);

async function outcomesOf(name: string): Promise<string[]> {
  const { resource, demand } = RESOURCES[name] as (typeof RESOURCES)[string];
  const outcomes: Record<string, number> = { done: 0, error: 0, timeout: 0, stopped: 0 };
  let [acquired, released, seed] = [0, 0, 8];
  for (let begun = 0; begun < BODIES; begun += AT_ONCE) {
    const scope = new Scope({ resource: resource(), ledger, timeoutMs: TIMEOUT_MS });
    const fates = Array.from({ length: AT_ONCE }, (): Fate => {
      seed = (seed * 48_271) % 2_147_483_647;
      return FATES[seed % FATES.length] as Fate;
    });
    const runs = fates.map((fate) =>
      scope.run(demand, (_value, token) => {
        const msg = { fate };
        ledger.put(token, msg);
        flow.node('scope').send(msg);
      }),
    );
    // All that is left of every second batch ends by a deploy, the others by their time.
    const inHand = Promise.allSettled(runs);
    while (scope.acquired < AT_ONCE) await turn();
    for (let each = 0; each < 4; each += 1) await turn();
    if ((begun / AT_ONCE) % 2 === 0) await scope.stop();
    for (const run of await inHand) {
      const outcome = run.status === 'fulfilled' ? run.value.outcome : 'stopped';
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
    await scope.stop();
    acquired += scope.acquired;
    released += scope.released;
  }
  const left = readdirSync(folder).filter((entry) => entry !== 'log.txt').length;
  return [name, ...[...Object.values(outcomes), acquired, released, left].map(String)];
}

/** CPU µs for one message through three nodes, with and without a scope around them. */
async function costOf(resource: Resource | null, demand: unknown, bodies: number): Promise<number> {
  const scope = resource && new Scope({ resource, ledger, timeoutMs: 60_000 });
  const before = process.cpuUsage();
  for (let begun = 0; begun < bodies; begun += 20) {
    const runs: Promise<unknown>[] = [];
    for (let each = 0; each < 20; each += 1) {
      const msg = { fate: 'done' };
      if (!scope) flow.node('scope').send(msg);
      else {
        const run = scope.run(demand, (_value, token) => {
          ledger.put(token, msg);
          flow.node('scope').send(msg);
        });
        runs.push(run);
      }
    }
    await Promise.all(runs);
    for (let each = 0; each < 3; each += 1) await turn();
  }
  const { user, system } = process.cpuUsage(before);
  await scope?.stop();
  return (user + system) / bodies;
}

async function main(): Promise<void> {
  ledger.attach(hooks as Hooks);
  // The timers of scopes keep no process alive.
  const alive = setInterval(() => {}, 1_000);
  const rows: string[][] = [];
  for (const name of Object.keys(RESOURCES)) rows.push(await outcomesOf(name));
  console.log(
    `${BODIES} bodies of each resource that end at random: done, with an error, dropped by a node, never (after ${TIMEOUT_MS} ms by timeout, or by a deploy):\n`,
  );
  console.log(
    table(['resource', 'done', 'error', 'timeout', 'stopped', 'acquired', 'released', 'files left'], rows),
  );

  const cases: [string, (() => Resource) | null, unknown][] = [
    ['no scope', null, undefined],
    ...Object.entries(RESOURCES).map(([name, { resource, demand }]): [string, () => Resource, unknown] => [
      name,
      resource,
      demand,
    ]),
  ];
  const costs = new Map<string, number[]>(cases.map(([name]) => [name, []]));
  for (let round = 0; round < 6; round += 1) {
    for (const [name, make, demand] of cases) {
      const cost = await costOf(make?.() ?? null, demand, 1_000);
      if (round > 0) costs.get(name)?.push(cost);
    }
  }
  const plain = summarise(costs.get('no scope') ?? []).median;
  console.log(
    '\nCPU µs for one message through three nodes that do nothing, alone and as the body of a scope:\n',
  );
  console.log(
    table(
      ['', 'µs, median', 'spread', 'against no scope'],
      [...costs].map(([name, values]) => {
        const { median, spread } = summarise(values);
        const ratio = name === 'no scope' ? '' : `${(median / plain).toFixed(1)} ×`;
        return [name, figure(median), `${figure(spread[0])} to ${figure(spread[1])}`, ratio];
      }),
    ),
  );
  rmSync(folder, { recursive: true, force: true });
  ledger.attach(null);
  clearInterval(alive);
}

void main();
