/** What the leak detector says about one series, and the words for it. */

/** `recovered` stays until new growth is seen or the series is quiet again; then `healthy`. */
export type TrendState = 'learning' | 'healthy' | 'suspect' | 'leaking' | 'recovered';

/** How much growth is needed before growth is called a leak. */
export type Sensitivity = 'low' | 'normal' | 'high';

/**
 * How the series is taken. `polled`: any value at any time; garbage and bursts ride on it.
 * `probes`: each value follows a full collection, so that it is a floor by itself; elsewhere six make one.
 */
export type Feed = 'polled' | 'probes';

/** The evidence a person or a flow acts on. Bytes, ms since the epoch, bytes per hour, seconds. */
export interface Verdict {
  /** Time of the last sample taken, null before the first. */
  time: number | null;
  state: TrendState;
  /** Growth of the floor; null while no growth is under way. */
  bytesPerHour: number | null;
  /** 95 % interval of `bytesPerHour`. */
  low: number | null;
  high: number | null;
  /** How much has leaked since `since`; 0 while nothing is suspected. */
  leakedBytes: number;
  /** The limit last given, null before the first. */
  limitBytes: number | null;
  /** From the last floor to the limit at `bytesPerHour`; null while no growth is under way. */
  secondsToLimit: number | null;
  /** Samples taken. */
  samples: number;
  /** When the growth began, null while nothing is suspected. */
  since: number | null;
  /** One or two sentences a person understands. */
  reason: string;
}
