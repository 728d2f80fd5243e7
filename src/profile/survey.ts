import { contextPlaces } from '../contexts';
import { Slices } from '../contexts/slices';
import { Stores } from '../contexts/stores';
import { type FlowNode, runningNodes } from '../ledger';
import { estimateSize } from '../size';
import { Inspector } from './inspect';
import { type Bytes, NOT_THEIRS, ownValue, valuesOf } from './parts';
import { Reach } from './reach';
import type { ScriptIndex } from './scripts';
import { sharedThings } from './shared';
import { crowds } from './strays';
import type { FlowWorld } from './world';

/** Who keeps memory, as far as the place tells where it is kept. */
export type Keeper =
  | { in: 'node'; node: FlowNode }
  | { in: 'type'; nodes: readonly FlowNode[] }
  | { in: 'context'; scope: 'flow' | 'global'; flow: string; key: string };

/** A place where memory is kept, and how much. */
export interface Place extends Bytes {
  keeper: Keeper;
}

/** Functions looked into in one survey: some 0.15 ms each, in slices. */
const MOST_FUNCTIONS = 2_000;
const FUNCTIONS_OF_A_TYPE = 8;
/** Keys looked at in one context; of more, a sample. */
const MOST_KEYS = 300;
const WORK_PER_KEY = 5_000;
const STORE_ANSWERS_IN_MS = 500;
/** Functions looked at of a crowd. */
const LOOKED_AT = 32;

/**
 * What hangs on each node: its properties and private fields, the variables of its handlers and of its file, its
 * contexts, the timers and listeners it has left elsewhere. Done twice, it tells where memory grows, whoever made
 * it. Runs in slices; some ms per ten nodes. Aborted, it ends at the next slice with what it has.
 */
export async function survey(
  world: FlowWorld,
  index: ScriptIndex,
  signal?: AbortSignal,
): Promise<Map<string, Place>> {
  const inspector = new Inspector();
  try {
    return await new Survey(world, index, inspector, signal).run();
  } finally {
    inspector.close();
  }
}

class Survey {
  readonly #places = new Map<string, Place>();
  readonly #clock = new Slices();
  readonly #nodes: ReadonlyMap<string, FlowNode>;
  readonly #isNode: ReadonlySet<unknown>;
  readonly #reach: Reach;

  constructor(
    private readonly world: FlowWorld,
    private readonly index: ScriptIndex,
    private readonly inspector: Inspector,
    private readonly signal?: AbortSignal,
  ) {
    this.#nodes = new Map(runningNodes(world.flows).map((node) => [node.id, node]));
    this.#isNode = new Set(this.#nodes.values());
    this.#reach = new Reach(inspector, sharedThings([...this.#nodes.values()]), MOST_FUNCTIONS);
  }

  async run(): Promise<Map<string, Place>> {
    await this.#contexts();
    await this.#types();
    for (const node of this.#nodes.values()) {
      if (await this.#aborted()) break;
      this.#add(`node ${node.id}`, { in: 'node', node }, this.#reach.weigh(rootsOf(node, this.inspector)));
    }
    await this.#strays();
    return this.#places;
  }

  /** Gives the event loop its turn; true when nobody waits for the result any more. */
  async #aborted(): Promise<boolean> {
    await this.#clock.yield();
    return this.signal?.aborted === true;
  }

  #add(name: string, keeper: Keeper, { heap, external }: Bytes, times = 1): void {
    let place = this.#places.get(name);
    if (!place) {
      place = { keeper, heap: 0, external: 0 };
      this.#places.set(name, place);
    }
    place.heap += heap * times;
    place.external += external * times;
  }

  async #contexts(): Promise<void> {
    const stores = new Stores(STORE_ANSWERS_IN_MS);
    for (const { scope, id, context } of contextPlaces(this.world.flows)) {
      for (const store of this.world.stores) {
        const keys = await stores.keys(context, store);
        const step = Math.max(1, keys.length / MOST_KEYS);
        for (let at = 0; at < keys.length; at += step) {
          if (await this.#aborted()) return;
          const key = keys[Math.floor(at)] as string;
          const answer = await stores.value(context, store, key);
          if (answer) this.#addKey(scope, id, key, this.#weighValue(answer.value), step);
        }
      }
    }
  }

  #addKey(scope: 'global' | 'flow' | 'node', id: string, key: string, bytes: Bytes, times: number): void {
    if (scope === 'node') {
      const node = this.#nodes.get(id);
      if (node) this.#add(`context of ${id}`, { in: 'node', node }, bytes, times);
      return;
    }
    const stem = stemOf(key);
    this.#add(`${scope} ${id} ${stem}`, { in: 'context', scope, flow: id, key: stem }, bytes, times);
  }

  /** As a value, and with what functions in it close over: the larger of the two. */
  #weighValue(value: unknown): Bytes {
    const { bytes, offHeapBytes } = estimateSize(value, { work: WORK_PER_KEY });
    const { heap, external } = this.#reach.weigh([value]);
    return { heap: Math.max(heap, bytes - offHeapBytes), external: Math.max(external, offHeapBytes) };
  }

  /** The variables of each type's file, and its class's own properties: all its nodes share them. */
  async #types(): Promise<void> {
    for (const { type, nodes } of this.index.types()) {
      if (await this.#aborted()) return;
      const scopes = this.inspector
        .scopesOf(type)
        .filter(({ kind }) => kind !== 'Global' && kind !== 'Script');
      const roots = [type, ...scopes.map(({ variables }) => variables)].flatMap(valuesOf);
      const values = roots.filter((value) => typeof value !== 'function');
      const bytes = this.#reach.weigh(values, FUNCTIONS_OF_A_TYPE);
      this.#add(`type ${nodes[0]?.type}`, { in: 'type', nodes }, bytes);
    }
  }

  /** Functions that wait elsewhere, as listeners or timers: for the nodes whose code they are. */
  async #strays(): Promise<void> {
    for (const { name, functions } of crowds(this.world.emitters, this.inspector)) {
      const step = Math.max(1, functions.length / LOOKED_AT);
      for (let at = 0; at < functions.length; at += step) {
        if (await this.#aborted()) return;
        const fn = functions[Math.floor(at)];
        if (typeof fn !== 'function') continue;
        const nodes = this.#ownersOf(fn);
        const [first] = nodes;
        if (!first) continue;
        const keeper: Keeper = nodes.length === 1 ? { in: 'node', node: first } : { in: 'type', nodes };
        this.#add(`${name} of ${first.id}`, keeper, this.#reach.weigh([fn], LOOKED_AT), step);
      }
    }
  }

  /** The node that a function closes over, or in whose realm it is; else the nodes of its script. */
  #ownersOf(fn: object): readonly FlowNode[] {
    const scopes = this.inspector.scopesOf(fn);
    const closedOver = scopes
      .filter(({ kind }) => kind !== 'Global')
      .flatMap(({ variables }) => valuesOf(variables));
    const node = closedOver.find((value) => this.#isNode.has(value)) as FlowNode | undefined;
    if (node) return [node];
    const realm = scopes.find(({ kind }) => kind === 'Global')?.variables as
      | { __node__?: { id?: string } }
      | undefined;
    const named = this.#nodes.get(realm?.__node__?.id ?? '');
    if (named) return [named];
    const script = this.inspector.scriptOf(fn);
    return (script === null ? null : this.index.ownerOf(script, ''))?.nodes ?? [];
  }
}

/** Set by Node-RED on every node. */
const OF_EVERY_NODE = new Set<PropertyKey>(['send', 'id', 'type', 'z', 'name', 'func', '_wire']);

function rootsOf(node: FlowNode, inspector: Inspector): unknown[] {
  const roots = inspector.privateFields(node);
  for (const name of Reflect.ownKeys(node)) {
    if (!OF_EVERY_NODE.has(name) && !NOT_THEIRS.has(name)) roots.push(ownValue(node, name));
  }
  return roots;
}

/** A key without the number or id at its end: `reading_17` and `reading_18` are kept by the same line of code. */
function stemOf(key: string): string {
  return key.replace(/[\d-]{3,}.*$|\d+$|[0-9a-f-]{8,}$/i, '') || '*';
}
