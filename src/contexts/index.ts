/** The contexts of flows: where they are, whose they are, and how to read them without waiting or stalling. */
export { type Context, contextPlaces, type Place, storeNames } from './places';
export type { Uncounted } from './stores';
