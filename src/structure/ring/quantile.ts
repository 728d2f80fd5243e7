/** A bucket of no more than this is sorted. */
const SORTED_AT_MOST = 512;
const DIGITS = 2048;

/** The lower half of a double in memory comes first on little-endian machines, which all but a few are. */
const LOW = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 0 : 1;

/** The 64 bits of a key, highest first, in six digits: which half, how far to shift, how many bits. */
const STEPS = [
  { half: 'high', shift: 21, bits: 11 },
  { half: 'high', shift: 10, bits: 11 },
  { half: 'high', shift: 0, bits: 10 },
  { half: 'low', shift: 21, bits: 11 },
  { half: 'low', shift: 10, bits: 11 },
  { half: 'low', shift: 0, bits: 10 },
] as const;

/**
 * Quantiles of numbers in any order, exact: the linear interpolation between the two nearest of the sorted numbers
 * (type 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages", 1996). Its error is 0; NaN is passed over.
 * The method is radix selection on the bits of the doubles: each pass over the numbers counts the next 11 bits of
 * those still in question, until few enough are left to sort. At most seven passes each, mostly four; no copy of the
 * numbers and nothing kept between two calls. See docs/structures.md for what it costs.
 *
 * @param count - how many of the numbers are not NaN
 * @param share - 0 the least, 0.5 the median, 1 the greatest
 */
export function quantile(parts: readonly Float64Array[], count: number, share: number): number | null {
  if (count === 0) return null;
  const place = (count - 1) * share;
  const rank = Math.floor(place);
  const [below, above] = ranked(parts, rank, Math.min(rank + 1, count - 1));
  return below === above ? below : below + (above - below) * (place - rank);
}

interface Prefix {
  high: number;
  low: number;
  highMask: number;
  lowMask: number;
}

/** The numbers of rank `first` and `second` (from 0; equal or neighbours). */
function ranked(parts: readonly Float64Array[], first: number, second: number): [number, number] {
  const prefix: Prefix = { high: 0, low: 0, highMask: 0, lowMask: 0 };
  const tallies = new Uint32Array(DIGITS);
  let before = 0;
  let inBucket = Number.POSITIVE_INFINITY;
  for (const { half, shift, bits } of STEPS) {
    tallies.fill(0);
    for (const part of parts) tallyDigits(part, prefix, half === 'high', shift, (1 << bits) - 1, tallies);
    let digit = 0;
    while (before + (tallies[digit] as number) <= first) {
      before += tallies[digit] as number;
      digit += 1;
    }
    inBucket = tallies[digit] as number;
    prefix[half] = (prefix[half] | (digit << shift)) >>> 0;
    prefix[`${half}Mask`] = (prefix[`${half}Mask`] | (((1 << bits) - 1) << shift)) >>> 0;
    if (inBucket <= SORTED_AT_MOST) break;
  }
  // All equal when every bit is known: one of them will do.
  const bucket = new Float64Array(Math.min(inBucket, SORTED_AT_MOST));
  let found = 0;
  for (const part of parts) found = gather(part, prefix, bucket, found);
  bucket.sort();
  const at = first - before;
  const below = bucket[Math.min(at, bucket.length - 1)] as number;
  if (second - before < inBucket)
    return [below, bucket[Math.min(second - before, bucket.length - 1)] as number];
  return [below, ranked(parts, second, second)[0]];
}

/** Counts one digit of each key that begins with the prefix. */
function tallyDigits(
  part: Float64Array,
  { high, low, highMask, lowMask }: Prefix,
  isHigh: boolean,
  shift: number,
  mask: number,
  tallies: Uint32Array,
): void {
  const words = new Uint32Array(part.buffer, part.byteOffset, 2 * part.length);
  for (let i = 0; i < words.length; i += 2) {
    const top = words[i + 1 - LOW] as number;
    if (isGap(top)) continue;
    const keyHigh = highKey(top);
    if ((keyHigh & highMask) >>> 0 !== high) continue;
    const keyLow = lowMask === 0 && isHigh ? 0 : lowKey(top, words[i + LOW] as number);
    if ((keyLow & lowMask) >>> 0 !== low) continue;
    const digit = ((isHigh ? keyHigh : keyLow) >>> shift) & mask;
    tallies[digit] = (tallies[digit] as number) + 1;
  }
}

/** Copies the numbers whose keys begin with the prefix, as many as there is room for. */
function gather(
  part: Float64Array,
  { high, low, highMask, lowMask }: Prefix,
  into: Float64Array,
  from: number,
): number {
  const words = new Uint32Array(part.buffer, part.byteOffset, 2 * part.length);
  let at = from;
  for (let i = 0; i < part.length && at < into.length; i++) {
    const top = words[2 * i + 1 - LOW] as number;
    if (isGap(top) || (highKey(top) & highMask) >>> 0 !== high) continue;
    if ((lowKey(top, words[2 * i + LOW] as number) & lowMask) >>> 0 !== low) continue;
    into[at] = part[i] as number;
    at += 1;
  }
  return at;
}

/** Keys order as the doubles do: the sign bit turned for positive numbers, all bits for negative ones. */
function highKey(top: number): number {
  return (top ^ (top >> 31 === 0 ? 0x8000_0000 : 0xffff_ffff)) >>> 0;
}

function lowKey(top: number, bottom: number): number {
  return (top >> 31 === 0 ? bottom : ~bottom) >>> 0;
}

/** NaN; infinities are never stored. */
function isGap(top: number): boolean {
  return (top & 0x7ff0_0000) === 0x7ff0_0000;
}
