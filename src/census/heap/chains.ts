import { Graph, type GraphEdge, NOWHERE } from './graph';
import { type Group, groupTargets } from './groups';
import { histogramOf, type TypeFigures } from './histogram';
import { type Paths, pathTo, shortestPaths } from './paths';
import { withSnapshot } from './snapshot';
import { kindName, shortName, typeName } from './type-names';

/** One step on the way from a root to an object: the edge that was taken, and what it leads to. */
export interface ChainStep {
  /** Name of the property or variable, or index of the element, that holds. */
  edge: string | number;
  /** How it is held: `property`, `element`, `context` (a variable of a function), `internal`, `shortcut`. */
  edgeType: string;
  /** What is held: a constructor's name, or a kind in brackets. */
  type: string;
  /** Of a function: its name. */
  name: string | null;
  bytes: number;
  /** Of a function: the script it stands in. */
  script: string | null;
  /** Of a function's variables: ids of the flow nodes among them, as far as the objects there say. */
  ids: string[];
}

/** The shortest way to one object of a type, which stands for all that are held in the same way. */
export interface RawChain {
  objects: number;
  steps: ChainStep[];
  /** Id of the function node in whose realm the object was made; null for the main realm. */
  realm: string | null;
}

export interface RawChains {
  count: number;
  bytes: number;
  /** The nearest to the roots first. */
  chains: RawChain[];
  /** Names of types that are there and look like the one asked for, when that is not. */
  similar: string[];
}

/**
 * The ways on which objects of a type are held, from a snapshot file. Keeps some 30 bytes per object of the heap in
 * memory while it runs. Throws a SnapshotError.
 */
export function chainsOf(file: string, asked: string): RawChains {
  const type = typeName(asked);
  const { types } = histogramOf(file);
  const figures = types.find((each) => each.type === type);
  if (!figures) return { count: 0, bytes: 0, chains: [], similar: alike(type, types) };
  return withSnapshot(file, (input, layout) => {
    const graph = new Graph(input, layout);
    const isTarget = findTargets(graph, type);
    const paths = shortestPaths(graph);
    const reader = new ChainReader(graph, paths);
    const chains = groupTargets(isTarget, paths).map((group) => reader.read(group));
    return { count: figures.count, bytes: figures.bytes, chains, similar: [] };
  });
}

/** Marks the objects of a type. */
function findTargets(graph: Graph, type: string): Uint8Array {
  const { kinds, names, count: nodes, layout } = graph;
  const kindNames = layout.nodeTypes.map(kindName);
  const isName = new Uint8Array(highest(names) + 1);
  for (let node = 0; node < nodes; node += 1) {
    if (kindNames[kinds[node] as number] === null) isName[names[node] as number] = 1;
  }
  const wanted = new Set<number>();
  for (const [index, text] of graph.texts((each) => isName[each] === 1)) {
    if (typeName(text) === type) wanted.add(index);
  }
  const isTarget = new Uint8Array(nodes);
  for (let node = 0; node < nodes; node += 1) {
    const kind = kindNames[kinds[node] as number];
    if (kind === null ? wanted.has(names[node] as number) : kind === type) isTarget[node] = 1;
  }
  return isTarget;
}

function highest(values: Uint32Array): number {
  let found = 0;
  for (const value of values) if (value > found) found = value;
  return found;
}

const MOST_SIMILAR = 5;

function alike(wanted: string, types: readonly TypeFigures[]): string[] {
  const lower = wanted.toLowerCase();
  return types
    .map(({ type }) => type)
    .filter(
      (type) => type !== '' && (type.toLowerCase().includes(lower) || lower.includes(type.toLowerCase())),
    )
    .slice(0, MOST_SIMILAR);
}

const LONGEST_EDGE = 60;
/** Edges looked at for one thing: a realm has a thousand, a cache may have millions. */
const MOST_EDGES = 1_500;
/** From a realm to the function node that it belongs to. */
const MOST_HOPS = 3;
/** Functions within functions. */
const MOST_SCOPES = 20;

/** Reads what lies on a way, and whose it is. */
class ChainReader {
  readonly #realms = new Map<number, string | null>();

  constructor(
    private readonly graph: Graph,
    private readonly paths: Paths,
  ) {}

  read({ node, objects }: Group): RawChain {
    const path = pathTo(this.paths, node);
    const steps = path.map((each, at) => this.#step(at === 0 ? 0 : (path[at - 1] as number), each));
    return { objects, steps, realm: this.#realmOf(node) };
  }

  #step(from: number, node: number): ChainStep {
    const { graph } = this;
    const at = graph.edgeBetween(from, node);
    const { type: edgeType, name: edge } = at < 0 ? { type: 'internal', name: '' } : graph.edge(at);
    const { kind, name, bytes } = graph.node(node);
    const isFunction = kind === 'closure';
    return {
      edge: typeof edge === 'string' ? cut(edge) : edge,
      edgeType,
      type: kindName(kind) ?? typeName(name),
      name: isFunction ? shortName(name) : null,
      bytes,
      script: isFunction ? this.#scriptOf(node) : null,
      ids: name === 'system / Context' ? this.#idsIn(node) : [],
    };
  }

  #scriptOf(node: number): string | null {
    const shared = this.#follow(node, 'shared');
    if (shared === null) return null;
    const script = this.#find(
      shared,
      ({ name, type }) => type === 'internal' && /^script/.test(String(name)),
    );
    return script === null ? null : this.graph.node(script.to).name;
  }

  /** Flow nodes that are variables of a function: objects with an id and a type of their own. */
  #idsIn(context: number): string[] {
    const ids: string[] = [];
    for (const { type, to } of this.graph.edgesOf(context, 100)) {
      if (type !== 'context' || to === NOWHERE) continue;
      const edges = this.graph.edgesOf(to, 100);
      const id = edges.find(({ name }) => name === 'id');
      if (!id || !edges.some(({ name }) => name === 'type')) continue;
      const { kind, name } = this.graph.node(id.to);
      if (kind === 'string') ids.push(name);
    }
    return ids;
  }

  /** An object's constructor knows the realm it was made in; each function node has one of its own. */
  #realmOf(node: number): string | null {
    const prototype = this.#follow(node, '__proto__');
    const maker = prototype === null ? null : this.#follow(prototype, 'constructor');
    let scope = maker === null ? null : this.#follow(maker, 'context');
    for (let depth = 0; scope !== null && depth < MOST_SCOPES; depth += 1) {
      if (this.graph.node(scope).name.includes('NativeContext')) return this.#nodeOfRealm(scope);
      scope = this.#follow(scope, 'previous');
    }
    return null;
  }

  #nodeOfRealm(realm: number): string | null {
    const known = this.#realms.get(realm);
    if (known !== undefined) return known;
    let found: string | null = null;
    let near = [realm];
    const seen = new Set(near);
    for (let hop = 0; hop < MOST_HOPS && found === null; hop += 1) {
      const edges = this.#edgesOfAll(near);
      const node = edges.find(({ name }) => name === '__node__');
      if (node) found = this.#textOf(node.to, 'id');
      near = [...new Set(edges.map(({ to }) => to))].filter((to) => !seen.has(to));
      for (const each of near) seen.add(each);
    }
    this.#realms.set(realm, found);
    return found;
  }

  #edgesOfAll(nodes: readonly number[]): GraphEdge[] {
    const edges: GraphEdge[] = [];
    for (const node of nodes) {
      edges.push(...this.graph.edgesOf(node, MOST_EDGES).filter(({ to }) => to !== NOWHERE));
      if (edges.length > MOST_EDGES) break;
    }
    return edges;
  }

  #textOf(node: number, property: string): string | null {
    const found = this.#follow(node, property);
    if (found === null) return null;
    const { kind, name } = this.graph.node(found);
    return kind === 'string' ? name : null;
  }

  #follow(node: number, edge: string): number | null {
    return this.#find(node, ({ name }) => name === edge)?.to ?? null;
  }

  #find(node: number, fits: (edge: GraphEdge) => boolean): GraphEdge | null {
    return this.graph.edgesOf(node, MOST_EDGES).find((edge) => edge.to !== NOWHERE && fits(edge)) ?? null;
  }
}

function cut(name: string): string {
  return name.length > LONGEST_EDGE ? `${name.slice(0, 20)}…${name.slice(21 - LONGEST_EDGE)}` : name;
}
