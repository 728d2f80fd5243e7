/** Told when the process ends, while it still can write. Must not throw, and must not wait. */
export interface Listener {
  /** Nothing has caught this error. The process may outlive it all the same. */
  crash(error: unknown, origin: string): void;
  exit(code: number): void;
}

const listeners = new Set<Listener>();

function onCrash(error: unknown, origin: string): void {
  for (const listener of listeners) listener.crash(error, origin);
}

function onExit(code: number): void {
  for (const listener of listeners) listener.exit(code);
}

/**
 * Listens for the end of this process until the returned function is called. The monitor only looks on: what becomes of an
 * uncaught exception stays for others to decide. No signal is listened to, for that would take away what it does.
 */
export function listenForTheEnd(listener: Listener): () => void {
  if (listeners.size === 0) {
    process.on('uncaughtExceptionMonitor', onCrash);
    process.on('exit', onExit);
  }
  listeners.add(listener);
  return () => {
    if (!listeners.delete(listener) || listeners.size > 0) return;
    process.off('uncaughtExceptionMonitor', onCrash);
    process.off('exit', onExit);
  };
}
