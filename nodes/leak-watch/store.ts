import type { Node } from 'node-red';

const KEY = 'leak-watch';
/** What a crash may cost: this much of what was learnt. */
const SAVE_EVERY_MS = 10 * 60_000;

export interface StateStore {
  /** Hands over what an earlier run of Node-RED saved, if anything. */
  load(take: (state: unknown) => void): void;
  /** Saves a last time. */
  stop(): Promise<void>;
}

/** Keeps a state in a context store that outlives a restart, from time to time and at the end. */
export function stateStore(node: Node, storeName: string, state: () => object): StateStore {
  const context = node.context();
  const save = (): Promise<void> =>
    new Promise((resolve, reject) =>
      context.set(KEY, state(), storeName, (error: Error | null | undefined) =>
        error ? reject(error) : resolve(),
      ),
    );
  const timer = setInterval(
    () => save().catch((error: Error) => node.warn(`stateStore: ${error.message}`)),
    SAVE_EVERY_MS,
  ).unref();
  return {
    load(take) {
      context.get(KEY, storeName, (error: Error | null, found: unknown) => {
        if (error) node.warn(`stateStore: ${error.message}`);
        else if (found !== undefined) take(found);
      });
    },
    stop() {
      clearInterval(timer);
      return save();
    },
  };
}
