/** What scopes give back under random ends of their bodies, and what a body costs in a real flow. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import {
  budgetResource,
  fileResource,
  type Hooks,
  ledger,
  type Message,
  noResource,
  permitResource,
  type Resource,
  Scope,
  temporaryFile,
  temporaryFolder,
} from '../src';
import { table } from '../tools/table';
import { printAgainst } from './support/against';
import { type Measured, over, summarise, told } from './support/measure';
import { unlessQuick } from './support/quick';

const { hooks, world } =
  require('../test/engine/ledger/flow-world') as typeof import('../test/engine/ledger/flow-world');

const BODIES = unlessQuick(10_000, 500);
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

/** What is around the three nodes: nothing, what one writes by hand, or a scope. */
interface Way {
  /** Sends a message, and resolves when what is around it is over. */
  run(msg: Message): unknown;
  stop?(): Promise<unknown>;
}

const send = (msg: Message): void => flow.node('scope').send(msg);

const BARE: Way = { run: send };
/** Nobody follows the message: the folder goes once it was sent. */
const BY_HAND: Way = {
  async run(msg) {
    const own = await mkdtemp(join(folder, 'by-hand-'));
    send(msg);
    await turn();
    await rm(own, { recursive: true });
  },
};

function inScope(resource: Resource, demand: unknown): Way {
  const scope = new Scope({ resource, ledger, timeoutMs: 60_000 });
  return {
    run: (msg) =>
      scope.run(demand, (_value, token) => {
        ledger.put(token, msg);
        send(msg);
      }),
    stop: () => scope.stop(),
  };
}

/** CPU µs for one message through the three nodes, with what is around them. */
async function costOf({ run, stop }: Way, bodies: number): Promise<number> {
  const before = process.cpuUsage();
  for (let begun = 0; begun < bodies; begun += 20) {
    await Promise.all(Array.from({ length: 20 }, () => run({ fate: 'done' })));
    for (let each = 0; each < 3; each += 1) await turn();
  }
  const { user, system } = process.cpuUsage(before);
  await stop?.();
  return (user + system) / bodies;
}

const ROUNDS = unlessQuick(7, 2);

async function costs(): Promise<Map<string, Measured>> {
  const ways: [string, () => Way][] = [
    ['no scope', () => BARE],
    [HAND_MADE, () => BY_HAND],
    ...Object.entries(RESOURCES).map(([name, { resource, demand }]): [string, () => Way] => [
      name,
      () => inScope(resource(), demand),
    ]),
  ];
  const rounds = new Map<string, number[]>(ways.map(([name]) => [name, []]));
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const [name, make] of ways) {
      const cost = await costOf(make(), unlessQuick(1_000, 100));
      if (round >= 0) rounds.get(name)?.push(cost); // the first round warms up
    }
  }
  return new Map([...rounds].map(([name, one]) => [name, summarise(one)]));
}

const HAND_MADE = 'mkdtemp and rm by hand';

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

  const measured = await costs();
  const cost = (name: string): Measured => measured.get(name) as Measured;
  console.log(
    '\nCPU µs for one message through three nodes that do nothing, alone and with something around them:\n',
  );
  console.log(
    table(
      ['', 'µs', '÷ no scope'],
      [...measured].map(([name, one]) => [name, told(one), told(over(one, cost('no scope')))]),
    ),
  );
  const of = 'CPU of a message with a folder of its own';
  const ratio = over(cost('temp-folder'), cost(HAND_MADE));
  printAgainst({ nodes: 'memory-scope', peer: HAND_MADE, of, ratio });
  rmSync(folder, { recursive: true, force: true });
  ledger.attach(null);
  clearInterval(alive);
}

void main();
