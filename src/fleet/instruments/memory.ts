import { type Instrument, only } from '../instrument';

/** The process as the system and V8 see it. */
export const memory: readonly Instrument[] = [
  {
    name: 'process.memory.usage',
    kind: 'updown',
    unit: 'By',
    help: 'Physical memory in use by the process (RSS).',
    labels: [],
    read: ({ sample }) => only(sample.rss),
  },
  {
    name: 'process.uptime',
    kind: 'gauge',
    unit: 's',
    help: 'Time since the process began.',
    labels: [],
    read: ({ sample }) => only(sample.uptimeSeconds),
  },
  {
    name: 'headroom.heap.live',
    kind: 'updown',
    unit: 'By',
    help: 'Heap that survived the last full collection; missing before the first one that was seen.',
    labels: [],
    read: ({ sample }) => only(sample.liveHeap),
  },
  {
    name: 'headroom.external',
    kind: 'updown',
    unit: 'By',
    help: 'Memory outside the heap that objects of the heap hold, Buffers included.',
    labels: [],
    read: ({ sample }) => only(sample.external),
  },
  {
    name: 'headroom.array_buffers',
    kind: 'updown',
    unit: 'By',
    help: 'Memory of ArrayBuffers and Buffers.',
    labels: [],
    read: ({ sample }) => only(sample.arrayBuffers),
  },
];
