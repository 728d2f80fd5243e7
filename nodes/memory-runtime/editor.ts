import * as shared from '../shared/editor';

type Consumer = (code: typeof shared) => void;
declare global {
  /** Editor scripts of nodes wait here for the shared code, whichever loads first. */
  var headroomEditorQueue: Consumer[] | { push(consumer: Consumer): void } | undefined;
}

const waiting = globalThis.headroomEditorQueue;
globalThis.headroomEditorQueue = { push: (consumer: Consumer) => consumer(shared) };
if (Array.isArray(waiting)) for (const consumer of waiting) consumer(shared);
