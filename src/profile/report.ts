import type { NodeName } from '../ledger';
import type { ProfileMode } from './sampler';

/** One flow node in a profile. */
export interface ProfiledNode extends NodeName {
  /** Bytes of V8's heap. */
  bytes: number;
  /** Bytes outside V8's heap: the data of Buffers. */
  externalBytes: number;
  /** Share of both in `totalBytes`, in percent. */
  percent: number;
  /** In mode `allocated`: whether most of it comes in `few` large pieces, or in `many` small ones. */
  pieces?: 'few' | 'many';
  /** In mode `allocated`: it takes Buffers again and again that a memory-pool would serve. */
  poolCandidate?: boolean;
}

/** Whose the memory is, the heaviest node first. */
export interface ProfileReport {
  mode: ProfileMode;
  /** Since the sampling began. */
  seconds: number;
  /** Mean distance between two samples, in bytes allocated. */
  sampleBytes: number;
  /** Bytes of the heap and off it that were made since, and in `live` mode are still there. */
  totalBytes: number;
  nodes: ProfiledNode[];
  /** What no node is known for, by the file that made it. */
  unattributed: { bytes: number; top: { file: string; bytes: number }[] };
}

/** What a report is made of: bytes by node id, and by file what is no node's. */
export interface Figures extends Pick<ProfileReport, 'mode' | 'seconds' | 'sampleBytes'> {
  heap: ReadonlyMap<string, number>;
  external: { byNode: ReadonlyMap<string, number>; rest: number };
  files: ReadonlyMap<string, number>;
  nameOf(id: string): NodeName | undefined;
  /** What else is said of a node. */
  moreOf?(id: string, bytes: number): Pick<ProfiledNode, 'pieces' | 'poolCandidate'>;
}

const TOP_FILES = 10;
/** Less is chance: not half a sample. */
const NOTHING = 64;
const OUTSIDE = '(Buffers)';

export function reportOf({ heap, external, files, nameOf, moreOf, ...measured }: Figures): ProfileReport {
  const rest = new Map(files);
  if (external.rest > 0) rest.set(OUTSIDE, external.rest);
  const unattributed = topFiles(rest);
  const ids = new Set([...heap.keys(), ...external.byNode.keys()]);
  const nodes: ProfiledNode[] = [];
  for (const id of ids) {
    const bytes = Math.round(heap.get(id) ?? 0);
    const externalBytes = Math.round(external.byNode.get(id) ?? 0);
    if (bytes + externalBytes < NOTHING) continue;
    const name = nameOf(id) ?? { id, name: '', type: '', flow: '' };
    nodes.push({ ...name, bytes, externalBytes, percent: 0, ...moreOf?.(id, bytes) });
  }
  const totalBytes = nodes.reduce((sum, each) => sum + weightOf(each), unattributed.bytes);
  for (const node of nodes)
    node.percent = totalBytes > 0 ? Math.round((weightOf(node) / totalBytes) * 1000) / 10 : 0;
  nodes.sort((a, b) => weightOf(b) - weightOf(a));
  return { ...measured, totalBytes, nodes, unattributed };
}

function weightOf({ bytes, externalBytes }: ProfiledNode): number {
  return bytes + externalBytes;
}

/** The files with most bytes, first. */
function topFiles(byFile: ReadonlyMap<string, number>): ProfileReport['unattributed'] {
  const files = [...byFile].map(([file, size]) => ({ file, bytes: Math.round(size) }));
  files.sort((a, b) => b.bytes - a.bytes);
  const bytes = files.reduce((sum, each) => sum + each.bytes, 0);
  return { bytes, top: files.filter((each) => each.bytes > NOTHING).slice(0, TOP_FILES) };
}
