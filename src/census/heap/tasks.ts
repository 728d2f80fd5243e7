import { chainsOf, type RawChains } from './chains';
import { type Histogram, histogramOf } from './histogram';

/** What the worker can be asked to read from a snapshot. */
export interface Tasks {
  histogram: { ask: { since: number | null }; answer: Histogram };
  chains: { ask: { type: string }; answer: RawChains };
}

export type Task = { [K in keyof Tasks]: { task: K; file: string } & Tasks[K]['ask'] }[keyof Tasks];

/** Reads a snapshot file: the worker's whole work, and callable without one. Throws a SnapshotError. */
export function perform(task: Task): Tasks[Task['task']]['answer'] {
  if (task.task === 'chains') return chainsOf(task.file, task.type);
  return histogramOf(task.file, task.since ?? Number.POSITIVE_INFINITY);
}
