import type { RecordField } from '../../config';
import { ownText } from '../key';
import { type Column, TYPES, type TypeFacts, type Values } from './column';

/** What becomes of numbers that are too large or too small for their type. */
export type Misfit = 'error' | 'saturate';

const LARGEST_SINGLE = 2 ** 128 - 2 ** 104;

/** A column that takes values one by one. Its owner sees to it that there is room. */
export abstract class ColumnBuilder implements Column {
  values: Values;
  valid: Uint8Array | null;
  readonly texts: readonly string[] | null = null;
  protected readonly facts: TypeFacts;

  constructor(readonly field: RecordField) {
    this.facts = TYPES[field.type];
    this.values = new this.facts.array(0);
    this.valid = field.optional ? new Uint8Array(0) : null;
  }

  /** What a value should have been, for error messages. */
  get expected(): string {
    return this.facts.expected;
  }

  /** Sets a value that is there. False when it is refused; what stands at that place then means nothing. */
  abstract put(at: number, value: unknown): boolean;

  /** Sets a place that has no value. */
  putNone(at: number): void {
    this.values[at] = this.facts.kind === 'wide' ? 0n : 0;
  }

  grow(capacity: number): void {
    this.copyTo(new (this.values.constructor as TypeFacts['array'])(capacity));
    if (!this.valid) return;
    const valid = new Uint8Array(capacity);
    valid.set(this.valid);
    this.valid = valid;
  }

  protected copyTo(values: Values): void {
    (values as Uint8Array).set(this.values as Uint8Array);
    this.values = values;
  }

  /** Forgets everything that only values from `count` on had needed. */
  cutTo(_count: number): void {}

  /** Bytes held besides `values` and `valid`. */
  get textBytes(): number {
    return 0;
  }
}

class BoolBuilder extends ColumnBuilder {
  put(at: number, value: unknown): boolean {
    this.values[at] = value === true ? 1 : 0;
    return typeof value === 'boolean';
  }
}

class FloatBuilder extends ColumnBuilder {
  readonly #single: boolean;

  constructor(
    field: RecordField,
    private readonly misfit: Misfit,
  ) {
    super(field);
    this.#single = field.type === 'f32';
  }

  put(at: number, value: unknown): boolean {
    if (typeof value !== 'number') return false;
    // NaN is one value here, whatever its payload.
    this.values[at] = Number.isNaN(value) ? Number.NaN : value;
    if (!this.#single || Number.isFinite(this.values[at]) || !Number.isFinite(value)) return true;
    this.values[at] = value < 0 ? -LARGEST_SINGLE : LARGEST_SINGLE;
    return this.misfit === 'saturate';
  }

  override get expected(): string {
    return this.#single ? `a number that 32 bits hold, at most ${LARGEST_SINGLE}` : super.expected;
  }
}

class IntegerBuilder extends ColumnBuilder {
  readonly #min: number;
  readonly #max: number;
  readonly #time: boolean;

  constructor(
    field: RecordField,
    private readonly misfit: Misfit,
  ) {
    super(field);
    const [min = 0, max = 0] = this.facts.range ?? [];
    this.#min = Number(min);
    this.#max = Number(max);
    this.#time = field.type === 'time';
  }

  put(at: number, value: unknown): boolean {
    const number = typeof value === 'number' ? value : this.#numberOf(value);
    if (number >= this.#min && number <= this.#max) {
      this.values[at] = number;
      return Number.isInteger(number);
    }
    this.values[at] = number < 0 ? this.#min : this.#max;
    return this.misfit === 'saturate' && Number.isInteger(number);
  }

  #numberOf(value: unknown): number {
    if (this.#time) return value instanceof Date ? value.getTime() : Number.NaN;
    return typeof value === 'bigint' ? Number(value) : Number.NaN;
  }
}

class WideBuilder extends ColumnBuilder {
  constructor(
    field: RecordField,
    private readonly misfit: Misfit,
  ) {
    super(field);
  }

  put(at: number, value: unknown): boolean {
    if (typeof value !== 'bigint' && !Number.isInteger(value)) return false;
    const whole = typeof value === 'bigint' ? value : BigInt(value as number);
    const [min = 0n, max = 0n] = (this.facts.range ?? []) as [bigint?, bigint?];
    const fits = whole >= min && whole <= max;
    this.values[at] = fits ? whole : whole < min ? min : max;
    return fits || this.misfit === 'saturate';
  }
}

class TextBuilder extends ColumnBuilder {
  override readonly texts: string[] = [];
  readonly #places = new Map<string, number>();
  readonly #longest: number;
  #textBytes = 0;

  constructor(field: RecordField) {
    super(field);
    this.values = new Uint8Array(0); // wider as soon as there are more texts
    this.#longest = field.type === 'fixed' ? field.length : Number.POSITIVE_INFINITY;
  }

  put(at: number, value: unknown): boolean {
    if (typeof value !== 'string') return false;
    let place = this.#places.get(value);
    if (place === undefined) {
      // A character is at most three bytes for each of its halves or wholes.
      if (value.length * 3 > this.#longest && Buffer.byteLength(value) > this.#longest) return false;
      const own = ownText(value);
      place = this.texts.push(own) - 1;
      this.#places.set(own, place);
      this.#textBytes += costOf(value);
      if (place >= 256 ** this.values.BYTES_PER_ELEMENT) this.#widen();
    }
    this.values[at] = place;
    return true;
  }

  #widen(): void {
    const { length, BYTES_PER_ELEMENT } = this.values;
    this.copyTo(BYTES_PER_ELEMENT === 1 ? new Uint16Array(length) : new Uint32Array(length));
  }

  override cutTo(count: number): void {
    // Places are given in the order of first use, so the texts of the first `count` values are the first ones.
    let used = 0;
    for (let at = 0; at < count; at += 1) {
      if (this.valid?.[at] === 0) continue;
      const place = this.values[at] as number;
      if (place >= used) used = place + 1;
    }
    for (const text of this.texts.splice(used)) {
      this.#places.delete(text);
      this.#textBytes -= costOf(text);
    }
  }

  override get expected(): string {
    const { length } = this.field;
    return length > 0 ? `a text of at most ${length} bytes in UTF-8` : super.expected;
  }

  override get textBytes(): number {
    return this.#textBytes;
  }
}

/** What a text costs in the heap, with its places in an array and a map: see `src/size`. */
function costOf(text: string): number {
  return 56 + text.length;
}

export function builderFor(field: RecordField, misfit: Misfit): ColumnBuilder {
  switch (TYPES[field.type].kind) {
    case 'bool':
      return new BoolBuilder(field);
    case 'integer':
      return new IntegerBuilder(field, misfit);
    case 'wide':
      return new WideBuilder(field, misfit);
    case 'float':
      return new FloatBuilder(field, misfit);
    case 'text':
      return new TextBuilder(field);
  }
}
