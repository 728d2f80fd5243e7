// A native node that keeps what it gets, in one of the ways that nodes from the library do.
const store = require('./lib/store');

const seen = [];
const HIDDEN = Symbol('hidden');

/** Keeps its state where only its own methods get at it. */
class Requests {
  #pending = new Map();

  add(id, payload) {
    this.#pending.set(id, { payload, answer: new Promise(() => {}) });
  }
}

module.exports = (RED) => {
  function LeakyNode(config) {
    RED.nodes.createNode(this, config);
    this.cache = new Map();
    this[HIDDEN] = [];
    const memory = {};
    const requests = new Requests();
    let count = 0;
    const ways = {
      property: (msg) => this.cache.set(msg.n, msg.payload),
      closure: (msg) => {
        memory[`key-${msg.n}`] = msg.payload;
      },
      module: (msg) => seen.push(msg.payload),
      static: (msg) => {
        LeakyNode.history ??= [];
        LeakyNode.history.push(msg.payload);
      },
      listener: (msg) => process.on('leaky-node', () => msg),
      timer: (msg) => {
        setTimeout(() => this.log(msg.payload.length), 3_600_000).unref();
      },
      events: (msg) => RED.events.on('leaky-node', () => msg),
      own: (msg) => this.on('leaky', () => msg),
      symbol: (msg) => this[HIDDEN].push(msg.payload),
      helper: (msg) => store.keep(msg.payload),
      class: (msg) => requests.add(msg.n, msg.payload),
      none: () => {},
    };
    process.setMaxListeners(0);
    RED.events.setMaxListeners(0);
    this.setMaxListeners(0);
    this.on('input', (msg, send, done) => {
      count += 1;
      ways[config.way](msg, count);
      send(msg);
      done();
    });
    this.on('close', () => {
      process.removeAllListeners('leaky-node');
      RED.events.removeAllListeners('leaky-node');
      store.clear();
      this.cache.clear();
      seen.length = 0;
      LeakyNode.history = [];
    });
  }
  RED.nodes.registerType('leaky', LeakyNode);
};
