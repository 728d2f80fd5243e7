import { choices, defineConfig, flag, messageProperty, number, text } from '../../src/config';

/** Named again in the form; the engine's list must agree (a test keeps it). */
export const PARTS = ['in-flight', 'contexts', 'heap', 'buffers'] as const;

export interface CensusConfig {
  what: readonly (typeof PARTS)[number][];
  top: number;
  compare: boolean;
  /** Somebody has read what a heap snapshot costs, and wants it. */
  acceptPause: boolean;
  /** Where its file lies while it is read; empty: the user folder of Node-RED. */
  folder: string;
  property: string;
}

export const config = defineConfig<CensusConfig>(
  {
    what: choices(PARTS, ['in-flight']),
    top: number({ default: 20, min: 1, max: 1_000 }),
    compare: flag(true),
    acceptPause: flag(false),
    folder: text(),
    property: messageProperty(),
  },
  [
    ({ what, acceptPause }) =>
      what.includes('heap') && !acceptPause
        ? {
            field: 'acceptPause',
            value: acceptPause,
            expected:
              'yes (true) for a census of the heap: Node-RED stands still for some 80 ms per MB of heap',
          }
        : null,
  ],
);
