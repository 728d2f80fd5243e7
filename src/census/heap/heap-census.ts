import { statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { writeHeapSnapshot } from 'node:v8';
import type { RunningFlows } from '../../contexts/places';
import type { ProfiledNode } from '../../profile';
import { profiled } from '../buffers';
import {
  describeCost,
  type Refusal,
  type Room,
  refusalOf,
  roomFor,
  type SnapshotCost,
  snapshotCost,
} from './cost';
import { SnapshotFolder } from './folder';
import type { TypeFigures } from './histogram';
import { inWorker } from './in-worker';
import { knownTypes } from './known';
import { keepObjectIds, snapshotTaken } from './object-ids';
import { type Retainers, retainersOf } from './retainers';

/** What there is of one type. Bytes are the objects' own, without what they hold. */
export interface HeapType {
  type: string;
  count: number;
  /** Null where only a count can be had. */
  bytes: number | null;
  /** Made since the census before and still there; null at the first. */
  addedCount: number | null;
  addedBytes: number | null;
}

export interface HeapFigures {
  types: HeapType[];
  totalBytes: number;
  totalCount: number | null;
  /** How long the process stood still for it, in ms. */
  blockMs: number;
  /** How long the file was read, in a thread of its own. */
  readMs: number;
  fileBytes: number;
  /** Why there was no snapshot; the types are then those that can be counted without one. */
  refused: Refusal | null;
  /** Then also the nodes with most live bytes, while a profile runs; null else. */
  sampled: ProfiledNode[] | null;
}

export type HeapRetainers = Retainers & Pick<HeapFigures, 'blockMs' | 'readMs' | 'fileBytes'>;

export interface HeapOptions {
  /** Below it a private folder is made for the file, which is removed as soon as it was read. */
  folder: string;
  top: number;
  compare: boolean;
  signal?: AbortSignal;
  /** Called before the process stands still, with a turn of the event loop left to say so. */
  announce?: (cost: SnapshotCost, words: string) => void;
  /** What is free; of this machine by default. */
  room?: (folder: string) => Room;
}

/** One snapshot at a time in this process. */
let busy = false;

/** Time for what `announce` says to go out. */
const ANNOUNCE_MS = 100;
/** Types remembered for the next census. */
const MOST_REMEMBERED = 5_000;

/**
 * Takes heap snapshots and tells what is in them. Each stands still for seconds and takes many times the heap: it is
 * refused, with the figures, where there is no room for it.
 */
export class HeapCensus {
  readonly #folder: SnapshotFolder;
  readonly #giveUpIds: (() => void) | null;
  #last: { highestId: number; types: Map<string, TypeFigures> } | null = null;

  constructor(private readonly options: HeapOptions) {
    this.#folder = new SnapshotFolder(options.folder);
    this.#folder.sweep();
    this.#giveUpIds = options.compare ? keepObjectIds() : null;
  }

  close(): void {
    this.#giveUpIds?.();
  }

  /** Types with what was added since the census before. Rejects where the file cannot be written or read. */
  async types(): Promise<HeapFigures> {
    const refused = this.#refusal();
    if (refused) return this.#withoutSnapshot(refused);
    const since = this.#last?.highestId ?? null;
    const { answer, ...figures } = await this.#read((file, signal) =>
      inWorker({ task: 'histogram', file, since }, signal),
    );
    // Ids begin anew when somebody (a debugger) made V8 forget them: then nothing can be compared.
    const last = this.#last && this.#last.highestId <= answer.highestId ? this.#last.types : null;
    const types = answer.types.slice(0, MOST_REMEMBERED);
    if (this.options.compare) {
      this.#last = { highestId: answer.highestId, types: new Map(types.map((each) => [each.type, each])) };
    }
    const compared = types.map((each) => compareType(each, last));
    return {
      types: pick(compared, this.options.top),
      totalBytes: answer.totalBytes,
      totalCount: answer.totalCount,
      ...figures,
      refused: null,
      sampled: null,
    };
  }

  /**
   * Why objects of a type stay: the shortest ways from the roots to them, with the flow node or context key at their
   * start. Rejects where there is no room for a snapshot, with the figures, and where there is no such type.
   */
  async retainers(type: string, running: () => RunningFlows): Promise<HeapRetainers> {
    const refused = this.#refusal();
    if (refused) throw new Error(`heap: ${refused.reason}`);
    const { answer, ...figures } = await this.#read((file, signal) =>
      inWorker({ task: 'chains', file, type }, signal),
    );
    if (answer.count === 0) {
      const such = answer.similar.length > 0 ? `, such as ${answer.similar.join(', ')}` : '';
      throw new Error(
        `payload.type: ${JSON.stringify(type)} is not on the heap, expected a type that is${such}`,
      );
    }
    return { ...retainersOf(type, answer, running(), this.options.top), ...figures };
  }

  async #withoutSnapshot(refused: Refusal): Promise<HeapFigures> {
    const { top } = this.options;
    return {
      types: knownTypes().slice(0, top),
      totalBytes: process.memoryUsage().heapUsed,
      totalCount: null,
      blockMs: 0,
      readMs: 0,
      fileBytes: 0,
      refused,
      sampled: (await profiled())?.nodes.slice(0, top) ?? null,
    };
  }

  #refusal(): Refusal | null {
    const { room = roomFor, folder } = this.options;
    return refusalOf(snapshotCost(), room(folder));
  }

  async #read<T>(
    read: (file: string, signal?: AbortSignal) => Promise<T>,
  ): Promise<{ answer: T } & Pick<HeapFigures, 'blockMs' | 'readMs' | 'fileBytes'>> {
    if (busy) throw new Error('heap: another heap snapshot is being taken or read, expected one at a time');
    busy = true;
    try {
      return await this.#folder.withFile(async (file) => {
        const { signal, announce } = this.options;
        const cost = snapshotCost();
        announce?.(cost, describeCost(cost));
        await pause(ANNOUNCE_MS, undefined, { ...(signal && { signal }) });
        const began = performance.now();
        writeHeapSnapshot(file);
        snapshotTaken();
        const blockMs = Math.round(performance.now() - began);
        const { size } = statSync(file);
        const reading = performance.now();
        const answer = await read(file, signal);
        return { answer, blockMs, readMs: Math.round(performance.now() - reading), fileBytes: size };
      });
    } finally {
      busy = false;
    }
  }
}

function compareType(now: TypeFigures, last: ReadonlyMap<string, TypeFigures> | null): HeapType {
  const { type, count, bytes, newCount, newBytes, unordered } = now;
  if (last === null) return { type, count, bytes, addedCount: null, addedBytes: null };
  if (!unordered) return { type, count, bytes, addedCount: newCount, addedBytes: newBytes };
  const before = last.get(type);
  const addedCount = Math.max(0, count - (before?.count ?? 0));
  return { type, count, bytes, addedCount, addedBytes: Math.max(0, bytes - (before?.bytes ?? 0)) };
}

/** Half by what they take, half by what was added: a type that grows is the news before it is among the biggest. */
function pick(types: HeapType[], top: number): HeapType[] {
  const byGrowth = [...types].sort((a, b) => (b.addedBytes ?? 0) - (a.addedBytes ?? 0));
  const grown = byGrowth.filter(({ addedBytes }) => (addedBytes ?? 0) > 0).slice(0, top >> 1);
  const picked = new Set(grown);
  for (const type of types) {
    if (picked.size >= top) break;
    picked.add(type);
  }
  return [...picked].sort((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0));
}
