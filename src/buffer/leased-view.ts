/**
 * A Buffer over leased memory that stays harmless when the memory has gone back: it is empty then, and so are its
 * slices. An ordinary Buffer's `slice` throws there, and Node-RED clones Buffers by `slice`: a node that sends a
 * stale one from a timer to two wires would take the whole process down.
 */
class LeasedView extends Uint8Array<ArrayBuffer> {
  override slice(start?: number, end?: number): Uint8Array<ArrayBuffer> {
    if (this.length === 0) return Buffer.alloc(0);
    const from = position(start ?? 0, this.length);
    const to = position(end ?? this.length, this.length);
    return new LeasedView(this.buffer, this.byteOffset + from, Math.max(0, to - from));
  }

  override subarray(start?: number, end?: number): Uint8Array<ArrayBuffer> {
    return this.slice(start, end);
  }
}

// A Buffer in every other respect: its methods, `Buffer.isBuffer`, and what it calls itself.
Object.setPrototypeOf(LeasedView.prototype, Buffer.prototype);
Object.defineProperty(LeasedView.prototype, 'constructor', { value: Buffer });

export function leasedView(memory: ArrayBuffer, start: number, length: number): Buffer {
  return new LeasedView(memory, start, length) as unknown as Buffer;
}

/** As Buffer counts: from the end when negative, whole, within the length. */
function position(value: number, length: number): number {
  const whole = Math.trunc(Number(value)) || 0;
  return Math.min(length, Math.max(0, whole < 0 ? whole + length : whole));
}
