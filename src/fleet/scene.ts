import type { IntervalHistogram } from 'node:perf_hooks';
import type { Sample } from '../sample';

/** What one scrape sees: everything is read once, however many metrics show it. */
export interface Scene {
  sample: Sample;
  /** Delays of the event loop since the last scrape, in ns. */
  delays: IntervalHistogram;
  /** Where the event loop has spent its time since it began, in ms. */
  loop: { active: number; idle: number };
  /** The share of the time since the last scrape in which the event loop worked, 0 to 1. */
  utilization: number;
}

/** A figure that several metrics show, read once for each scene. */
export function oncePerScene<T>(read: () => T): (scene: Scene) => T {
  const seen = new WeakMap<Scene, T>();
  return (scene) => {
    let found = seen.get(scene);
    if (found === undefined) {
      found = read();
      seen.set(scene, found);
    }
    return found;
  };
}
