import { Session } from 'node:inspector';

/**
 * V8 remembers the id of every object it has met in a snapshot, some 50 bytes each, and keeps them true through each
 * collection. Needed only while somebody will compare; the last one to give up makes V8 forget them.
 */
let users = 0;
let kept = false;

/** Says that ids are needed, until the returned function is called. */
export function keepObjectIds(): () => void {
  users += 1;
  let using = true;
  return () => {
    if (!using) return;
    using = false;
    users -= 1;
    if (users === 0) forget();
  };
}

/** To be called after each snapshot. */
export function snapshotTaken(): void {
  kept = true;
  if (users === 0) forget();
}

function forget(): void {
  if (!kept) return;
  kept = false;
  try {
    const session = new Session();
    session.connect();
    // Turning the profiler off is what clears the ids; sessions of others keep their samplers.
    session.post('HeapProfiler.enable');
    session.post('HeapProfiler.disable');
    session.disconnect();
  } catch {
    // without an inspector (--permission) the ids stay
  }
}
