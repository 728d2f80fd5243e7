import { type WatchState, watchStates } from '../../report';
import type { Instrument, Reading } from '../instrument';
import { oncePerScene } from '../scene';

/** Keys told of, what leaks first: a watch of thousands of devices must not flood the database. */
const MOST_KEYS = 50;

interface Figure {
  name: string;
  kind: Instrument['kind'];
  unit: Instrument['unit'];
  help: string;
  /** Null: not known, and left out. */
  of(watch: WatchState): number | null;
}

const FIGURES: readonly Figure[] = [
  {
    name: 'headroom.watch.leaking',
    kind: 'gauge',
    unit: '',
    help: '1 while a leak-watch says that this series leaks, else 0.',
    of: ({ state }) => Number(state === 'leaking'),
  },
  {
    name: 'headroom.watch.growth',
    kind: 'gauge',
    unit: 'By/h',
    help: 'How fast the floor of a watched series rises.',
    of: ({ bytesPerHour }) => bytesPerHour,
  },
  {
    name: 'headroom.watch.time_to_limit',
    kind: 'gauge',
    unit: 's',
    help: 'Time until a leaking series is at its limit if it goes on like this.',
    of: ({ secondsToLimit }) => secondsToLimit,
  },
  {
    name: 'headroom.watch.closed',
    kind: 'gauge',
    unit: '',
    help: '1 while the gate of a watch is closed, else 0.',
    of: ({ gate }) => Number(gate === 'closed'),
  },
  {
    name: 'headroom.watch.dropped',
    kind: 'counter',
    unit: '',
    help: 'Messages that the gate of a watch dropped.',
    of: ({ dropped }) => dropped,
  },
  {
    name: 'headroom.watch.queued',
    kind: 'updown',
    unit: '',
    help: 'Messages that wait at the gate of a watch.',
    of: ({ queued }) => queued,
  },
];

const watchesOf = oncePerScene(() => watchStates(MOST_KEYS));

/** The leak watches of this process, by node and key. */
export const watches: readonly Instrument[] = FIGURES.map(({ of, ...described }) => ({
  ...described,
  labels: ['watch', 'watch_id', 'key'],
  *read(scene): Generator<Reading> {
    for (const watch of watchesOf(scene)) {
      const value = of(watch);
      if (value !== null) yield { value, labels: { watch: watch.name, watch_id: watch.id, key: watch.key } };
    }
  },
}));
