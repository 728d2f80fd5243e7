// Makes what it keeps in a callback of its own, where no message is at hand.
module.exports = (RED) => {
  function ReaderNode(config) {
    RED.nodes.createNode(this, config);
    const rows = [];
    const timer = setInterval(() => {
      if (config.active) rows.push(Array.from({ length: 300 }, (_, n) => ({ n, value: Math.random() })));
    }, 2);
    this.on('close', () => clearInterval(timer));
    this.on('input', (_msg, _send, done) => done());
  }
  RED.nodes.registerType('leaky-reader', ReaderNode);
};
