/** The smallest class; anything smaller is its size. */
const SMALLEST_CLASS = 4096;

/**
 * The capacity that serves a size: four classes per doubling, as jemalloc spaces them (4096, 5120, 6144, 7168,
 * 8192, 10240, …), so that at most 20 % of a buffer lies idle.
 */
export function classOf(bytes: number): number {
  if (bytes <= SMALLEST_CLASS) return SMALLEST_CLASS;
  const spacing = 2 ** (31 - Math.clz32(bytes - 1) - 2);
  return Math.ceil(bytes / spacing) * spacing;
}
