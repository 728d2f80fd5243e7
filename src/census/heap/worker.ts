/** The thread that reads heap snapshots; built to a file of its own, `dist/snapshot-worker.js`. */
import { parentPort, workerData } from 'node:worker_threads';
import { perform } from './tasks';

try {
  parentPort?.postMessage({ answer: perform(workerData) });
} catch (error) {
  parentPort?.postMessage({ error });
}
