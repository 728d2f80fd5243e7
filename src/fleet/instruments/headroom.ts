import { type Room, roomsOf } from '../../sample/headroom';
import type { Sample } from '../../sample/sample';
import { type Instrument, only, type Reading } from '../instrument';

const perLimit = (figure: 'bytes' | 'limit'): ((scene: { sample: Sample }) => Reading[]) => {
  return ({ sample }) => rooms(sample).map((room) => ({ value: room[figure], labels: { limit: room.name } }));
};

function rooms({ heapLimit, heapUsed, liveHeap, container, system }: Sample): Room[] {
  const live = liveHeap ?? heapUsed;
  const heap = heapLimit === null || live === null ? null : { limit: heapLimit, live };
  return roomsOf({ heap, container, system });
}

/** Bytes until something kills the process: the package's own metrics. */
export const headroom: readonly Instrument[] = [
  {
    name: 'headroom.free',
    kind: 'gauge',
    unit: 'By',
    help: 'Bytes left until each limit: heap, container, system.',
    labels: ['limit'],
    read: perLimit('bytes'),
  },
  {
    name: 'headroom.limit',
    kind: 'gauge',
    unit: 'By',
    help: 'The limits themselves: V8 heap limit, cgroup limit, memory of the system.',
    labels: ['limit'],
    read: perLimit('limit'),
  },
  {
    name: 'headroom.nearest',
    kind: 'gauge',
    unit: 'By',
    help: 'Bytes left until the nearest limit, which the label names.',
    labels: ['limit'],
    read: ({ sample: { headroom } }) =>
      headroom ? [{ value: headroom.bytes, labels: { limit: headroom.nearest } }] : [],
  },
  {
    name: 'headroom.nearest.share',
    kind: 'gauge',
    unit: '1',
    help: 'Bytes left until the nearest limit, as a share of that limit.',
    labels: [],
    read: ({ sample: { headroom } }) => only(headroom && headroom.percent / 100),
  },
  {
    name: 'headroom.container.oom_kills',
    kind: 'counter',
    unit: '',
    help: 'Processes of this container that the kernel killed for want of memory.',
    labels: [],
    read: ({ sample }) => only(sample.container?.oomKills),
  },
  {
    name: 'headroom.pressure',
    kind: 'gauge',
    unit: '1',
    help: 'Share of the last ten seconds in which some or all work waited for memory (Linux PSI).',
    labels: ['kind'],
    read: ({ sample: { pressure } }) =>
      pressure
        ? [
            { value: pressure.some / 100, labels: { kind: 'some' } },
            { value: pressure.full / 100, labels: { kind: 'full' } },
          ]
        : [],
  },
];
