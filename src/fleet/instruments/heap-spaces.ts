import type { HeapSpace } from '../../sample/sample';
import type { Instrument } from '../instrument';

/** V8's heap, space by space, by OpenTelemetry's semantic conventions for V8 (status: development). */
const SPACES: readonly [name: string, figure: keyof Omit<HeapSpace, 'name'>, help: string][] = [
  ['v8js.memory.heap.used', 'used', 'Bytes in use, by heap space.'],
  ['v8js.memory.heap.limit', 'size', 'Bytes that V8 has reserved, by heap space. Newer name: …space.size.'],
  ['v8js.memory.heap.space.size', 'size', 'Bytes that V8 has reserved, by heap space.'],
  ['v8js.memory.heap.space.available_size', 'available', 'Bytes available without growing, by heap space.'],
  ['v8js.memory.heap.space.physical_size', 'physical', 'Committed bytes, by heap space.'],
  // What the two above were called until 2025: dashboards made for the earlier conventions go on.
  ['v8js.heap.space.available_size', 'available', 'Earlier name of v8js.memory.heap.space.available_size.'],
  ['v8js.heap.space.physical_size', 'physical', 'Earlier name of v8js.memory.heap.space.physical_size.'],
];

export const heapSpaces: readonly Instrument[] = SPACES.map(([name, figure, help]) => ({
  name,
  kind: 'updown',
  unit: 'By',
  help,
  labels: ['v8js_heap_space_name'],
  read: ({ sample }) =>
    (sample.spaces ?? []).map((space) => ({
      value: space[figure],
      labels: { v8js_heap_space_name: space.name },
    })),
}));
