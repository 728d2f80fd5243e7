// A native node that keeps what it gets, in one of the ways that nodes from the library do.
const seen = [];

module.exports = (RED) => {
  function LeakyNode(config) {
    RED.nodes.createNode(this, config);
    this.cache = new Map();
    const memory = {};
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
      none: () => {},
    };
    process.setMaxListeners(0);
    this.on('input', (msg, send, done) => {
      count += 1;
      ways[config.way](msg, count);
      send(msg);
      done();
    });
    this.on('close', () => {
      process.removeAllListeners('leaky-node');
      this.cache.clear();
      seen.length = 0;
      LeakyNode.history = [];
    });
  }
  RED.nodes.registerType('leaky', LeakyNode);
};
