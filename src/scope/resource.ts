/** What can be held for the time of a body. */
export type ResourceKind = 'temp-folder' | 'temp-file' | 'file' | 'permit' | 'budget' | 'none';

/** One acquired resource. */
export interface Held<V = unknown> {
  /** What the body gets: a path, a handle, or figures. */
  readonly value: V;
  /** Gives it back. Called once, by the scope; rejects with what could not be given back. */
  release(): void | Promise<void>;
}

/**
 * Something that is acquired for one body and given back after it. One instance belongs to one node, and shares
 * what is scarce (permits, bytes of headroom) with all others of the process.
 */
export interface Resource<D = unknown, V = unknown> {
  readonly kind: ResourceKind;
  /**
   * Acquires for what one message demands: a path, a name, a number of bytes. Rejects with an error that names
   * the field where that cannot be had, or with the signal's reason when it aborts while waiting.
   */
  acquire(demand: D, signal: AbortSignal): Promise<Held<V>> | Held<V>;
  /** The node stops; what is still held is released by its scope. */
  close?(): void | Promise<void>;
}

/** Holds nothing: a scope that only measures. */
export function noResource(): Resource<unknown, undefined> {
  const held: Held<undefined> = { value: undefined, release() {} };
  return { kind: 'none', acquire: () => held };
}
