import type { Instrument } from '../instrument';

/** What keeps the event loop alive, by type: timers, sockets, servers. A number that only rises is a leak of handles. */
export const resources: readonly Instrument[] = [
  {
    name: 'v8js.resource.active',
    kind: 'updown',
    unit: '',
    help: 'Resources that keep the event loop alive, by type.',
    labels: ['v8js_resource_type'],
    read() {
      const counts = new Map<string, number>();
      for (const type of process.getActiveResourcesInfo()) counts.set(type, (counts.get(type) ?? 0) + 1);
      return [...counts].map(([type, value]) => ({ value, labels: { v8js_resource_type: type } }));
    },
  },
];
