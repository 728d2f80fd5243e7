type Transferable = ArrayBuffer & { transfer?(newLength?: number): ArrayBuffer };

/**
 * The same memory under a new ArrayBuffer; every view of the old one becomes empty. Nothing is copied.
 * `ArrayBuffer.prototype.transfer` exists from Node.js 22 on; before it, a structured clone does the same.
 */
export const transfer: (memory: ArrayBuffer) => ArrayBuffer =
  'transfer' in ArrayBuffer.prototype
    ? (memory) => (memory as Required<Transferable>).transfer()
    : (memory) => structuredClone(memory, { transfer: [memory] });
