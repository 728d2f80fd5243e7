import { closeSync, fstatSync, openSync } from 'node:fs';
import { Input, SnapshotError } from './input';
import { nextSection } from './scan';

/** How the records of a snapshot are built; V8's versions differ in it. */
export interface Layout {
  nodeCount: number;
  edgeCount: number;
  nodeFields: readonly string[];
  nodeTypes: readonly string[];
  edgeFields: readonly string[];
  edgeTypes: readonly string[];
  /** Place of each field that is read, in its record. */
  node: Record<'type' | 'name' | 'id' | 'self_size' | 'edge_count', number>;
  edge: Record<'type' | 'name_or_index' | 'to_node', number>;
}

/** The head is a kilobyte; more than this is something else. */
const LONGEST_HEAD = 65_536;
const NODES = Buffer.from('"nodes":[');

/**
 * Opens a heap snapshot as V8 writes it, hands over the input just behind the bracket of its nodes, and closes the
 * file. Throws a SnapshotError for a file that is none, is cut off, or whose counts cannot be true.
 */
export function withSnapshot<T>(file: string, read: (input: Input, layout: Layout) => T): T {
  const fd = openSync(file, 'r');
  try {
    const input = new Input(fd, fstatSync(fd).size);
    return read(input, readHead(input));
  } finally {
    closeSync(fd);
  }
}

/** Goes on to the section of that name, which has to come next. */
export function expectSection(input: Input, name: string): void {
  const found = nextSection(input);
  if (found !== name) throw new SnapshotError(`no ${name} after its other parts`, input.offset);
}

function readHead(input: Input): Layout {
  const head: Buffer[] = [];
  let length = 0;
  while (length < LONGEST_HEAD && input.refill()) {
    head.push(Buffer.from(input.bytes.subarray(0, input.length)));
    length += input.length;
    const all = Buffer.concat(head);
    const end = all.indexOf(NODES);
    if (end < 0) continue;
    const layout = parseHead(all.subarray(0, end).toString('utf8'), input.fileSize);
    input.seek(end + NODES.length);
    return layout;
  }
  throw new SnapshotError('its head is missing');
}

function parseHead(text: string, fileSize: number): Layout {
  let layout: Layout;
  try {
    const { snapshot } = JSON.parse(`${text.replace(/,\s*$/, '')}}`);
    const { meta } = snapshot;
    layout = {
      nodeCount: snapshot.node_count,
      edgeCount: snapshot.edge_count,
      nodeFields: meta.node_fields,
      nodeTypes: meta.node_types[0],
      edgeFields: meta.edge_fields,
      edgeTypes: meta.edge_types[0],
      node: places(meta.node_fields, ['type', 'name', 'id', 'self_size', 'edge_count']),
      edge: places(meta.edge_fields, ['type', 'name_or_index', 'to_node']),
    };
  } catch (error) {
    throw error instanceof SnapshotError ? error : new SnapshotError('its head cannot be read');
  }
  // Memory is taken by these counts: a file that lies about them must not take all there is.
  const atLeast =
    2 * (layout.nodeCount * layout.nodeFields.length + layout.edgeCount * layout.edgeFields.length);
  const whole = Number.isSafeInteger(layout.nodeCount) && Number.isSafeInteger(layout.edgeCount);
  if (!whole || layout.nodeCount < 1 || layout.edgeCount < 0 || atLeast > fileSize + 8) {
    throw new SnapshotError('it is cut off, or counts more than it holds');
  }
  return layout;
}

function places<K extends string>(fields: readonly string[], wanted: readonly K[]): Record<K, number> {
  const found = wanted.map((name) => [name, fields.indexOf(name)] as const);
  const missing = found.find(([, at]) => at < 0);
  if (missing) throw new SnapshotError(`it has no field ${missing[0]}`);
  return Object.fromEntries(found) as Record<K, number>;
}
