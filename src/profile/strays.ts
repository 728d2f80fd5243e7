import type { EventEmitter } from 'node:events';
import { clearTimeout as nodeClearTimeout } from 'node:timers';
import type { Inspector } from './inspect';

/** Many functions that wait for the same thing. */
export interface Crowd {
  name: string;
  functions: readonly unknown[];
}

/** Fewer listeners or timers of one kind are no leak. */
const MANY = 16;
const MOST_TIMERS = 100_000;

/** Listeners of the process and of Node-RED, and timers, wherever there are many of one kind. */
export function* crowds(emitters: readonly EventEmitter[], inspector: Inspector): Generator<Crowd> {
  for (const emitter of emitters) {
    for (const event of emitter.eventNames()) {
      if (emitter.listenerCount(event) < MANY) continue;
      const functions = emitter.rawListeners(event);
      yield { name: `listeners to ${String(event)}`, functions };
    }
  }
  for (const list of timerLists(inspector)) {
    const functions = waiting(list);
    if (functions.length >= MANY) yield { name: 'timers', functions };
  }
}

interface Timer {
  _idleNext?: Timer;
  _onTimeout?: unknown;
}

/** Node.js keeps timers in lists by their duration, known to the functions that clear them. */
function timerLists(inspector: Inspector): Timer[] {
  for (const { variables } of inspector.scopesOf(nodeClearTimeout)) {
    const { timerListMap } = variables as { timerListMap?: unknown };
    if (typeof timerListMap === 'object' && timerListMap !== null) return Object.values(timerListMap);
  }
  return [];
}

/** A list is a ring: `list -> timer -> timer -> list`. */
function waiting(list: Timer): unknown[] {
  const functions: unknown[] = [];
  let timer = list._idleNext;
  while (timer && timer !== list && functions.length < MOST_TIMERS) {
    functions.push(timer._onTimeout);
    timer = timer._idleNext;
  }
  return functions;
}
