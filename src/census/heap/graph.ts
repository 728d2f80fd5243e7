import { type Input, SnapshotError } from './input';
import { nextSection, scanRecords, scanStrings, skipArray } from './scan';
import { expectSection, type Layout } from './snapshot';

/** One node in every so many has its place in the file remembered; what lies between is read again when asked for. */
const STRIDE = 1_024;
/** A weak edge leads nowhere: it keeps nothing alive. */
export const NOWHERE = 0xffffffff;

export interface GraphNode {
  kind: string;
  name: string;
  id: number;
  bytes: number;
}

export interface GraphEdge {
  type: string;
  /** Name of the property or variable; index of an element. */
  name: string | number;
  to: number;
}

/**
 * The graph of a heap snapshot in few bytes: nodes by number, and where the edges of each lead. Names, ids and sizes
 * stay in the file and are looked up one by one.
 *
 *     firstEdge   n n+1            to         e e+1 …
 *     ─────────── ┌──┬──┐          ────────── ┌──┬──┬──┬──┐
 *                 │ e│ …│                     │ n│ ─│ n│ n│   ─ = weak
 *                 └──┴──┘                     └──┴──┴──┴──┘
 */
export class Graph {
  readonly firstEdge: Uint32Array;
  readonly to: Uint32Array;
  /** Kind of each node, as an index of `layout.nodeTypes`. */
  readonly kinds: Uint8Array;
  /** Name of each node, as an index of the strings. */
  readonly names: Uint32Array;
  readonly #nodeAt: Float64Array;
  readonly #edgeAt: Float64Array;
  readonly #stringAt: number[] = [];
  readonly #strings = new Map<number, string>();
  #stringCount = 0;

  constructor(
    private readonly input: Input,
    readonly layout: Layout,
  ) {
    const { nodeCount, edgeCount } = layout;
    this.firstEdge = new Uint32Array(nodeCount + 1);
    this.to = new Uint32Array(edgeCount);
    this.kinds = new Uint8Array(nodeCount);
    this.names = new Uint32Array(nodeCount);
    this.#nodeAt = new Float64Array(Math.ceil(nodeCount / STRIDE) + 1);
    this.#edgeAt = new Float64Array(Math.ceil(edgeCount / STRIDE) + 1);
    this.#readNodes();
    this.#readEdges();
    this.#findStrings();
  }

  get count(): number {
    return this.layout.nodeCount;
  }

  node(index: number): GraphNode {
    const { node, nodeFields, nodeTypes } = this.layout;
    const record = this.#record(this.#nodeAt, nodeFields.length, index);
    return {
      kind: nodeTypes[record[node.type] as number] ?? '',
      name: this.string(record[node.name] as number),
      id: record[node.id] as number,
      bytes: record[node.self_size] as number,
    };
  }

  edge(index: number): GraphEdge {
    return this.#edges(index, index + 1)[0] as GraphEdge;
  }

  /** The edges of a node, in their order; of very many the first `most`. */
  edgesOf(node: number, most = 2_000): GraphEdge[] {
    const first = this.firstEdge[node] as number;
    return this.#edges(first, Math.min(this.firstEdge[node + 1] as number, first + most));
  }

  /** Number of the edge from one node to another; -1 where there is none. */
  edgeBetween(from: number, to: number): number {
    const first = this.firstEdge[from] as number;
    const found = this.to.subarray(first, this.firstEdge[from + 1] as number).indexOf(to);
    return found < 0 ? -1 : first + found;
  }

  string(index: number): string {
    const known = this.#strings.get(index);
    if (known !== undefined) return known;
    if (index >= this.#stringCount) throw new SnapshotError(`text ${index} of ${this.#stringCount}`);
    let found = '';
    const first = Math.floor(index / STRIDE) * STRIDE;
    this.input.seek(this.#stringAt[first / STRIDE] as number);
    scanStrings(
      this.input,
      (at) => first + at === index,
      (text) => {
        found = text;
      },
      index - first + 1,
    );
    if (this.#strings.size < MOST_STRINGS) this.#strings.set(index, found);
    return found;
  }

  /** Indices of the strings that `wanted` says, with their texts. */
  texts(wanted: (index: number) => boolean): Map<number, string> {
    const found = new Map<number, string>();
    this.input.seek(this.#stringAt[0] ?? 0);
    scanStrings(this.input, wanted, (text, index) => found.set(index, text));
    return found;
  }

  #record(places: Float64Array, width: number, index: number): Float64Array {
    const stretch = Math.floor(index / STRIDE);
    this.input.seek(places[stretch] as number);
    const found = new Float64Array(width);
    scanRecords(this.input, width, (record) => found.set(record), index - stretch * STRIDE + 1);
    return found;
  }

  #edges(from: number, end: number): GraphEdge[] {
    if (from >= end) return [];
    const { edge, edgeFields, edgeTypes } = this.layout;
    const stretch = Math.floor(from / STRIDE);
    const first = stretch * STRIDE;
    const raw: [type: string, name: number, to: number][] = [];
    this.input.seek(this.#edgeAt[stretch] as number);
    scanRecords(
      this.input,
      edgeFields.length,
      (record, at) => {
        if (first + at < from) return;
        const type = edgeTypes[record[edge.type] as number] ?? '';
        raw.push([type, record[edge.name_or_index] as number, this.to[first + at] as number]);
      },
      end - first,
    );
    return raw.map(([type, name, to]) => {
      const indexed = type === 'element' || type === 'hidden';
      return { type, name: indexed ? name : this.string(name), to };
    });
  }

  #readNodes(): void {
    const { nodeCount, edgeCount, nodeFields, node } = this.layout;
    let edges = 0;
    this.#nodeAt[0] = this.input.offset;
    const count = scanRecords(this.input, nodeFields.length, (record, index) => {
      if (index >= nodeCount) return;
      this.kinds[index] = record[node.type] as number;
      this.names[index] = record[node.name] as number;
      edges += record[node.edge_count] as number;
      this.firstEdge[index + 1] = edges;
      if ((index + 1) % STRIDE === 0) this.#nodeAt[(index + 1) / STRIDE] = this.input.offset;
    });
    if (count !== nodeCount || edges !== edgeCount)
      throw new SnapshotError('its counts do not fit its nodes');
  }

  #readEdges(): void {
    const { nodeCount, edgeCount, nodeFields, edgeFields, edgeTypes, edge } = this.layout;
    const weak = edgeTypes.indexOf('weak');
    const width = nodeFields.length;
    expectSection(this.input, 'edges');
    this.#edgeAt[0] = this.input.offset;
    const count = scanRecords(this.input, edgeFields.length, (record, index) => {
      if (index >= edgeCount) return;
      const node = (record[edge.to_node] as number) / width;
      if (!(node < nodeCount) || node !== Math.floor(node)) throw new SnapshotError('an edge leads nowhere');
      this.to[index] = record[edge.type] === weak ? NOWHERE : node;
      if ((index + 1) % STRIDE === 0) this.#edgeAt[(index + 1) / STRIDE] = this.input.offset;
    });
    if (count !== edgeCount) throw new SnapshotError(`${count} edges where it says ${edgeCount}`);
  }

  #findStrings(): void {
    for (let section = nextSection(this.input); section !== 'strings'; section = nextSection(this.input)) {
      if (section === null) throw new SnapshotError('it has no strings');
      skipArray(this.input);
    }
    this.#stringCount = scanStrings(
      this.input,
      (index, start) => {
        if (index % STRIDE === 0) this.#stringAt.push(start);
        return false;
      },
      () => {},
    );
  }
}

/** Texts looked up are kept, for names come up again and again. */
const MOST_STRINGS = 20_000;
