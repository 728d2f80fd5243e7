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

const TOP_FILES = 10;

/** The files with most bytes, first. */
export function topFiles(byFile: ReadonlyMap<string, number>): ProfileReport['unattributed'] {
  let bytes = 0;
  for (const each of byFile.values()) bytes += each;
  const top = [...byFile]
    .map(([file, size]) => ({ file, bytes: Math.round(size) }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, TOP_FILES);
  return { bytes: Math.round(bytes), top };
}
