// Runs inside the Node-RED under observation, and tells its parent over IPC what happens there: when flows have
// started, what the observed nodes send, every status, every error logged. Loaded from `nodesDir`; never shipped.
const { join } = require('node:path');
const { PerformanceObserver } = require('node:perf_hooks');
const { writeHeapSnapshot } = require('node:v8');

const HOOK = 'onSend.headroom-harness';

module.exports = (RED) => {
  const observed = new Set((process.env.HEADROOM_OBSERVE ?? '').split(',').filter(Boolean));

  function tell(report) {
    if (!process.connected) return;
    try {
      process.send(report);
    } catch {
      process.send({ ...report, msg: { unserialisable: true, topic: String(report.msg?.topic) } });
    }
  }

  if (observed.size > 0) {
    RED.hooks.add(HOOK, (events) => {
      for (const { msg, source } of events) {
        if (observed.has(source.id) || observed.has('*')) {
          tell({ kind: 'message', id: source.id, port: source.port, msg });
        }
      }
    });
  }
  RED.events.on('node-status', ({ id, status }) => tell({ kind: 'status', id, status: status ?? {} }));
  RED.events.on('flows:started', () => setImmediate(tell, { kind: 'started' }));

  const answers = {
    /** What is alive in the process: timers and handles by type, and listeners by emitter and event. */
    resources: () => ({
      active: count(process.getActiveResourcesInfo()),
      listeners: {
        process: countListeners(process),
        events: countListeners(RED.events),
      },
      hooks: [
        'onSend',
        'preRoute',
        'preDeliver',
        'postDeliver',
        'onReceive',
        'postReceive',
        'onComplete',
      ].filter((name) => ['headroom', 'headroom-profile'].some((label) => RED.hooks.has(`${name}.${label}`))),
    }),
    memory: () => {
      global.gc?.();
      return process.memoryUsage();
    },
    cpu: () => process.cpuUsage(),
    snapshot: () => writeHeapSnapshot(join(RED.settings.userDir, 'harness.heapsnapshot')),
    /** What the two HTTP roots answer to by now: `{root, method, path}`; middleware for a path counts as `use`. */
    routes: () => [...routesOf('admin', RED.httpAdmin), ...routesOf('node', RED.httpNode)],
    /** Pauses for garbage collection, from the first question on. */
    pauses: () => {
      pauses ??= observePauses();
      return pauses;
    },
  };
  let pauses = null;
  process.on('message', ({ ask, ticket }) => {
    if (ask in answers) tell({ kind: 'answer', ticket, answer: answers[ask]() });
  });
  process.once('disconnect', () => process.exit()); // a parent that was killed leaves no Node-RED behind
  process.channel?.unref();

  function routesOf(root, app) {
    // Express 4 makes `_router` for the first route, and has a `router` that throws; Express 5 has `router`.
    const router = app._router ?? (app.lazyrouter ? { stack: [] } : app.router);
    return router.stack.flatMap(({ route, name, regexp }) =>
      route
        ? Object.keys(route.methods).map((method) => ({ root, method, path: String(route.path) }))
        : [{ root, method: 'use', path: `${name} ${regexp}` }],
    );
  }

  function observePauses() {
    const figures = { count: 0, totalMs: 0, longestMs: 0 };
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) {
        figures.count += 1;
        figures.totalMs += duration;
        figures.longestMs = Math.max(figures.longestMs, duration);
      }
    }).observe({ entryTypes: ['gc'] });
    return figures;
  }

  function count(names) {
    const counts = {};
    for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
    return counts;
  }

  function countListeners(emitter) {
    return Object.fromEntries(
      emitter.eventNames().map((name) => [String(name), emitter.listenerCount(name)]),
    );
  }
};
