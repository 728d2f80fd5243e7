// What dashboards do: the history of every series, kept on the server, for whoever opens the page later. A class, with
// its state outside of the node.
const series = { charts: {} };

module.exports = (RED) => {
  class ChartNode {
    constructor(config) {
      RED.nodes.createNode(this, config);
      this.on('input', this.draw.bind(this));
      this.on('close', () => {
        delete series.charts[this.id];
      });
    }

    draw(msg, send, done) {
      series.charts[this.id] ??= { labels: [], points: [] };
      const chart = series.charts[this.id];
      chart.labels.push(String(msg.n));
      chart.points.push({ x: Date.now(), y: msg.payload });
      send(msg);
      done();
    }
  }
  RED.nodes.registerType('leaky-chart', ChartNode);
};
