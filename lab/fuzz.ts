/**
 * Every node's configuration and input with odd values: no uncaught error, no message that is never completed, no
 * deploy that stalls, no prototype that is changed, nothing left outside the folder it works in.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Config, findPool, ledger } from '../src';
import { manifest } from '../test/support/package';
import helper, { hooks, type NodeFile } from '../test/support/test-helper';
import { ROOT } from '../tools/node-red/cell';
import { table } from '../tools/table';
import { configOf, messageOf, type Recipe, recipe } from './fuzz-values';

export interface FuzzOptions {
  /** Messages in all, shared out to the node types. */
  cases: number;
  seed: number;
  types?: readonly string[];
}

export interface FuzzRow {
  type: string;
  configs: number;
  refused: number;
  messages: number;
  errors: number;
  /** What went wrong, each with the configuration and the messages that did it. */
  faults: string[];
}

/** The folder that nodes work in; nothing may come up beside it. */
const WORK = 'work';
/** Messages of one deployed configuration. */
const PER_CONFIG = 20;
/** What collects garbage or walks the heap is tried less often. */
const SHARE: Readonly<Record<string, number>> = {
  'memory-gc': 0.02,
  'memory-profile': 0.02,
  'memory-census': 0.1,
  'memory-pool': 0.1, // takes no messages
};
/** Nodes give themselves 5 s to stop; Node-RED gives up after 15. */
const STALLED_AFTER_MS = 8_000;

const FILES = Object.keys(manifest['node-red'].nodes);
const load = createRequire(__filename);
const nodeFile = (type: string): NodeFile => load(join(ROOT, 'nodes', type, type)).default;

export async function fuzz({ cases, seed, types = FILES }: FuzzOptions): Promise<FuzzRow[]> {
  const files = FILES.map(nodeFile);
  const home = process.cwd();
  const around = mkdtempSync(join(tmpdir(), 'headroom-fuzz-'));
  const folder = join(around, WORK);
  mkdirSync(folder);
  process.chdir(folder);
  helper.settings({ userDir: folder });
  const watch = new FaultWatch();
  ledger.attach(hooks);
  const rows: FuzzRow[] = [];
  try {
    const shares = types.map((type) => SHARE[type] ?? 1);
    const whole = shares.reduce((sum, share) => sum + share, 0);
    for (const [at, type] of types.entries()) {
      const messages = (cases * (shares[at] ?? 1)) / whole;
      rows.push(await fuzzType({ type, files, watch, messages, seed: seed + at }));
    }
  } finally {
    watch.stop();
    ledger.attach(null);
    process.chdir(home);
    rmSync(around, { recursive: true, force: true });
  }
  return rows;
}

/** Node-RED itself fails on a value whose text cannot be had, and its test helper on what a clone leaves out. */
const NOT_IN_FLOWS: ReadonlySet<string> = new Set(['toString', 'valueOf', '__proto__']);

/** Configurations come from JSON. */
function asInFlowFile(config: object): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(config, (key, value) =>
      NOT_IN_FLOWS.has(key) || typeof value === 'bigint' ? undefined : value,
    ),
  );
}

interface Setting {
  type: string;
  files: NodeFile[];
  watch: FaultWatch;
  messages: number;
  seed: number;
}

async function fuzzType({ type, files, watch, messages, seed }: Setting): Promise<FuzzRow> {
  const { config } = load(join(ROOT, 'nodes', type, 'config')) as { config: Config<object> };
  const row: FuzzRow = { type, configs: 0, refused: 0, messages: 0, errors: 0, faults: [] };
  const runs = Math.max(1, Math.ceil(messages / PER_CONFIG));
  const configs = fc.sample(configOf(config), { numRuns: runs, seed });
  const recipes = fc.sample(fc.array(recipe, { minLength: PER_CONFIG, maxLength: PER_CONFIG }), {
    numRuns: runs,
    seed,
  });
  for (const [run, odd] of configs.entries()) {
    const raw = asInFlowFile(odd);
    const sent = recipes[run] ?? [];
    row.configs += 1;
    if (config.parse(raw).config === null) row.refused += 1;
    const faults = await tryOne(type, files, watch, raw, sent, row);
    for (const fault of faults)
      row.faults.push(`${type}: ${fault}\n  config ${show(raw)}\n  messages ${show(sent)}`);
    if (row.faults.length > 5) break; // enough to look into
  }
  return row;
}

async function tryOne(
  type: string,
  files: NodeFile[],
  watch: FaultWatch,
  raw: Record<string, unknown>,
  sent: readonly Recipe[],
  row: FuzzRow,
): Promise<string[]> {
  const faults: string[] = [];
  const before = row.messages;
  let completed = 0;
  hooks.add('onComplete.fuzz', ((event: { node: { id: string }; error?: unknown }) => {
    if (event.node.id !== 'fuzzed') return;
    completed += 1;
    if (event.error) row.errors += 1;
  }) as never);
  const pool = { id: 'a-pool', type: 'memory-pool', name: 'frames' };
  const isConfig = type === 'memory-pool';
  const node = {
    id: 'fuzzed',
    type,
    z: 'tab',
    ...raw,
    pool: row.configs % 4 ? 'a-pool' : raw.pool,
    ...(isConfig ? {} : { x: 1, y: 1, wires: [['end'], ['end'], ['end']] }),
  };
  const end = { id: 'end', type: 'helper', z: 'tab', x: 2, y: 1 };
  await helper.load(files, [{ id: 'tab', type: 'tab', label: 'fuzz' }, pool, node, end]);
  const fuzzed = helper.getNode('fuzzed');
  if (!fuzzed) faults.push('the node did not start');
  else if (!isConfig) {
    for (const one of sent) {
      row.messages += 1;
      const msg = messageOf(one);
      // Only a leased buffer can be returned: now and then there is one.
      if (type === 'memory-return' && row.messages % 4 === 0 && !Object.isFrozen(msg))
        msg.payload = findPool('a-pool')?.lease(5_000).buffer;
      fuzzed.receive(msg as never);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  const begun = Date.now();
  await helper.unload();
  if (Date.now() - begun > STALLED_AFTER_MS) faults.push(`stopping took ${Date.now() - begun} ms`);
  // In a real Node-RED the plugin memory-runtime tells the ledger that the nodes are gone.
  ledger.nodesStopped(() => false);
  await soon(() => completed >= row.messages - before && ledger.live === 0);
  hooks.remove('*.fuzz');
  if (ledger.live > 0) faults.push(`${ledger.live} tokens are still on the ledger`);
  if (fuzzed && !isConfig && completed !== sent.length)
    faults.push(`${sent.length} messages in, ${completed} completed`);
  faults.push(...watch.take());
  return faults;
}

/** Waits for what follows from a stop, half a second at most. */
async function soon(met: () => boolean): Promise<void> {
  for (let tries = 0; tries < 100 && !met(); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Uncaught errors, and changes that nobody may make. */
class FaultWatch {
  readonly #caught: string[] = [];
  readonly #names = namesOfPrototypes();
  readonly #catch = (error: unknown): void => {
    this.#caught.push(`uncaught: ${error instanceof Error ? error.stack : String(error)}`);
  };

  constructor() {
    process.on('uncaughtException', this.#catch);
    process.on('unhandledRejection', this.#catch);
  }

  take(): string[] {
    const faults = this.#caught.splice(0);
    if (namesOfPrototypes() !== this.#names) faults.push('a prototype was changed');
    const strangers = readdirSync('..').filter((name) => name !== WORK);
    if (strangers.length > 0) faults.push(`files outside: ${strangers.join(', ')}`);
    return faults;
  }

  stop(): void {
    process.off('uncaughtException', this.#catch);
    process.off('unhandledRejection', this.#catch);
  }
}

function namesOfPrototypes(): string {
  return [Object.prototype, Array.prototype, Map.prototype]
    .map((one) => Object.getOwnPropertyNames(one).length)
    .join();
}

function show(value: unknown): string {
  const text = fc.stringify(value);
  return text.length > 2_000 ? `${text.slice(0, 2_000)}…` : text;
}

/** The table of docs/reliability.md. `LAB_FUZZ_CASES` and `LAB_FUZZ_SEED` choose others. */
export async function fuzzTable(): Promise<string> {
  const cases = Number(process.env.LAB_FUZZ_CASES ?? 1_000_000);
  const seed = Number(process.env.LAB_FUZZ_SEED ?? 1);
  const rows = await fuzz({ cases, seed });
  const sum = (figure: (row: FuzzRow) => number): string =>
    String(rows.reduce((all, row) => all + figure(row), 0));
  const cells = (row: FuzzRow): string[] =>
    [row.configs, row.refused, row.messages, row.errors, row.faults.length].map(String);
  const faults = rows.flatMap((row) => row.faults);
  return [
    `Seed ${seed}. Every message was completed, with an answer or an error that says what is wrong, unless it stands under "faults".`,
    '',
    table(
      ['node', 'configurations', 'refused', 'messages', 'errors told', 'faults'],
      [
        ...rows.map((row) => [row.type, ...cells(row)]),
        [
          'all',
          sum((row) => row.configs),
          sum((row) => row.refused),
          sum((row) => row.messages),
          sum((row) => row.errors),
          sum((row) => row.faults.length),
        ],
      ],
    ),
    ...faults.map((fault) => `\n\`\`\`\n${fault}\n\`\`\``),
  ].join('\n');
}
