import type { Instrument } from '../instrument';
import { eventLoop } from './event-loop';
import { headroom } from './headroom';
import { heapSpaces } from './heap-spaces';
import { held } from './held';
import { memory } from './memory';
import { pools } from './pools';
import { resources } from './resources';
import { watches } from './watches';

/** Every metric but the histogram of collections, which is fed as they happen (`collections.ts`). */
export const INSTRUMENTS: readonly Instrument[] = [
  ...headroom,
  ...memory,
  ...heapSpaces,
  ...eventLoop,
  ...resources,
  ...pools,
  ...watches,
  ...held,
];
