import { readBlock, writeBlock } from './block';

/** A record's place in the file. A power of two: no record lies across a sector of a disk or a page of the kernel. */
export const SLOT_BYTES = 512;
const WORD = 'HRB1';

/** The most that the data of a record may take as JSON, so that the record fits its slot whatever its numbers are. */
export const DATA_BYTES = 330;

/** What a record tells. The last five are marks between samples. */
export const KINDS = ['sample', 'nodes', 'held', 'start', 'crash', 'alive', 'pause', 'end'] as const;
export type Kind = (typeof KINDS)[number];

/** One record. Whole by itself: it can be understood where nothing else of the file is left. */
export interface BoxRecord {
  /** Counts up by one from record to record, over all runs; the slot is `seq % slots`. */
  seq: number;
  slots: number;
  /** The file's own id: a record of another file, copied in, is none of this one's. */
  ring: string;
  /** Number of the process that wrote it, counted by the file from 1. */
  run: number;
  pid: number;
  kind: Kind;
  /** ms since the epoch, as the machine's clock said then. */
  time: number;
  /** Seconds since the process started; no change of the clock moves it. */
  uptime: number;
  /** Seconds since the machine started. */
  machineUptime: number;
  data: unknown;
}

/** Fills a slot. False where the data is too long; the slot is then left as it was. */
export function encodeSlot(slot: Buffer, record: BoxRecord): boolean {
  const { seq, slots, ring, run, pid, kind, time, uptime, machineUptime, data } = record;
  const short = { s: seq, n: slots, i: ring, r: run, p: pid, t: time, u: uptime, m: machineUptime, k: kind };
  return writeBlock(slot, WORD, { ...short, d: data });
}

/** Reads a slot. Null where it was never written, is torn or damaged, or holds what belongs into another slot. */
export function decodeSlot(slot: Buffer, index: number): BoxRecord | null {
  const raw = readBlock(slot, WORD);
  if (typeof raw !== 'object' || raw === null) return null;
  const { s, n, i, r, p, t, u, m, k, d } = raw as Record<string, unknown>;
  if (!isCount(s) || !isCount(n) || n < 1 || s % n !== index) return null;
  if (!isCount(r) || !isCount(p) || typeof i !== 'string' || !KINDS.includes(k as Kind)) return null;
  if (!Number.isFinite(t) || !Number.isFinite(u) || !Number.isFinite(m)) return null;
  return {
    ...{ seq: s, slots: n, ring: i, run: r, pid: p, kind: k as Kind, data: d },
    ...{ time: t as number, uptime: u as number, machineUptime: m as number },
  };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
