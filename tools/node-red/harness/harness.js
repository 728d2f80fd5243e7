// Runs inside the Node-RED under observation, and tells its parent over IPC what happens there: when flows have
// started, what the observed nodes send, every status, every error logged. Loaded from `nodesDir`; never shipped.
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
  };
  process.on('message', ({ ask, ticket }) => {
    if (ask in answers) tell({ kind: 'answer', ticket, answer: answers[ask]() });
  });
  process.once('disconnect', () => process.exit()); // a parent that was killed leaves no Node-RED behind
  process.channel?.unref();

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
