import type { ByteReader } from './byte-reader';
import type { ByteWriter } from './byte-writer';
import { type Offsets, readIntegers, WIDEST_RANGE, writeIntegers } from './integers';
import { littleEndian } from './little-endian';

/**
 * Measured values are mostly decimals of few digits: 21.37 is 2137 / 10². As whole numbers they take a fraction of
 * the bits that a double's binary fraction takes. Only numbers that come back to the very same bits are written so;
 * single others (NaN, −0, ∞, 1/3) stand beside. After ALP (Afroozeh et al., SIGMOD 2023).
 */
export interface Decimals extends Offsets {
  /** Digits behind the point. */
  scale: number;
  /** Where values stand that are no such decimals, and which. */
  exceptions: { places: number[]; values: number[] };
}

/** Powers of ten that a double holds exactly, and divides by to the nearest double. */
const POWERS = Array.from({ length: 16 }, (_each, digits) => 10 ** digits);
/** At most one in so many may be an exception. */
const EXCEPTION_IN = 16;
const SAMPLES = 64;

/** Values as decimals, or null where too many are none. `single`: of 32-bit floats, whose decimals are nearest to them. */
export function asDecimals(values: Float64Array | Float32Array, single: boolean): Decimals | null {
  const scale = scaleOf(values, single);
  if (scale === null) return null;
  const power = POWERS[scale] as number;
  const wholes = new Float64Array(values.length);
  const places: number[] = [];
  const most = values.length / EXCEPTION_IN;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] as number;
    const whole = Math.round(value * power);
    const good = isDecimal(value, whole, power, single);
    if (!good && places.push(i) > most) return null;
    wholes[i] = good ? whole : Number.NaN;
  }
  const base = toOffsets(wholes);
  const exceptions = { places, values: places.map((place) => values[place] as number) };
  return base === null ? null : { base, offsets: wholes, scale, exceptions };
}

/**
 * Makes whole numbers offsets from the least of them, which it returns; null where they are too far apart. A NaN
 * becomes what takes the fewest bits: the number before it.
 */
function toOffsets(wholes: Float64Array): number | null {
  let [least, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const whole of wholes) {
    if (whole < least) least = whole;
    if (whole > largest) largest = whole;
  }
  if (!(largest - least <= WIDEST_RANGE)) return null;
  let before = 0;
  for (let i = 0; i < wholes.length; i += 1) {
    const whole = wholes[i] as number;
    if (!Number.isNaN(whole)) before = whole - least;
    wholes[i] = before;
  }
  return least;
}

export function writeDecimals(out: ByteWriter, decimals: Decimals): void {
  const { scale, exceptions, offsets } = decimals;
  out.u8(scale);
  out.u32(exceptions.places.length);
  for (const place of exceptions.places) out.u32(place);
  out.raw(littleEndian(Float64Array.from(exceptions.values)));
  writeIntegers(out, decimals, offsets.length, true);
}

export function readDecimals(from: ByteReader, target: Float64Array | Float32Array): void {
  const scale = from.u8();
  const power = POWERS[scale];
  if (power === undefined) throw from.wrong(`${scale} digits behind the point`);
  const exceptions = from.u32();
  if (exceptions > target.length) throw from.wrong(`${exceptions} exceptions in ${target.length} values`);
  const places = from.take(4 * exceptions);
  const values = from.take(8 * exceptions);
  const offsets = new Float64Array(target.length);
  const base = Number(readIntegers(from, target.length, offsets));
  for (let i = 0; i < target.length; i += 1) target[i] = (base + (offsets[i] as number)) / power;
  const placesView = new DataView(places.buffer, places.byteOffset);
  const valuesView = new DataView(values.buffer, values.byteOffset);
  for (let i = 0; i < exceptions; i += 1) {
    const place = placesView.getUint32(4 * i, true);
    if (place >= target.length) throw from.wrong(`an exception at ${place} of ${target.length} values`);
    target[place] = valuesView.getFloat64(8 * i, true);
  }
}

function isDecimal(value: number, whole: number, power: number, single: boolean): boolean {
  if (!(Math.abs(whole) < WIDEST_RANGE)) return false;
  const back = (whole + 0) / power; // + 0: whole numbers have no −0
  return Object.is(single ? Math.fround(back) : back, value);
}

/** The fewest digits with which a sample of the values comes back, but for exceptions. */
function scaleOf(values: Float64Array | Float32Array, single: boolean): number | null {
  const step = Math.max(1, Math.floor(values.length / SAMPLES));
  let [best, fewest] = [0, Number.POSITIVE_INFINITY];
  for (let scale = 0; scale < POWERS.length && fewest > 0; scale += 1) {
    const power = POWERS[scale] as number;
    let failures = 0;
    for (let i = 0; i < values.length; i += step) {
      const value = values[i] as number;
      if (!isDecimal(value, Math.round(value * power), power, single)) failures += 1;
    }
    if (failures < fewest) {
      fewest = failures;
      best = scale;
    }
  }
  const sampled = Math.ceil(values.length / step);
  return fewest <= sampled / 8 ? best : null;
}
