import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { SnapshotError } from './input';
import type { Task, Tasks } from './tasks';

const BUILT = 'snapshot-worker.js';
/** Beside the built engine; where the sources run themselves, as in tests, in the folder of the build. */
const PLACES = [join(__dirname, BUILT), join(__dirname, '../../../dist', BUILT)];
/** The reader keeps its figures outside V8's heap; a snapshot of millions of different names ends the worker only. */
const LIMITS = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 8 };

/**
 * Reads a snapshot in a thread of its own: the event loop goes on, and what reading took is given back whole.
 * Rejects with a SnapshotError for a bad file, with the signal's reason when it is stopped.
 */
export function inWorker<K extends keyof Tasks>(
  task: { task: K; file: string } & Tasks[K]['ask'],
  signal?: AbortSignal,
): Promise<Tasks[K]['answer']> {
  signal?.throwIfAborted();
  const file = PLACES.find((place) => existsSync(place));
  if (!file) throw new Error(`${BUILT} is missing: the package is not whole`);
  const worker = new Worker(file, { workerData: task as Task, execArgv: [], resourceLimits: LIMITS });
  return new Promise<Tasks[K]['answer']>((resolve, reject) => {
    const stop = (): void => reject(signal?.reason);
    signal?.addEventListener('abort', stop, { once: true });
    worker.once('message', ({ answer, error }) => (error ? reject(asSnapshotError(error)) : resolve(answer)));
    worker.once('error', reject);
    worker.once('exit', (code) => {
      signal?.removeEventListener('abort', stop);
      reject(new Error(`the reader of the heap snapshot ended with ${code}`));
    });
  }).finally(() => worker.terminate());
}

/** Between threads an error keeps its words, but not its class. */
function asSnapshotError(error: Error): Error {
  return Object.assign(Object.create(SnapshotError.prototype), {
    message: error.message,
    stack: error.stack,
  });
}
