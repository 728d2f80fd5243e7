import type { NodeMessage } from 'node-red';
import { changeFilter, type Sample } from '../../src';
import { defineNode } from '../shared/define-node';
import { headroomLevel, headroomText } from '../shared/headroom-status';
import { evaluate, withProperty } from '../shared/message';
import { config } from './config';
import { TargetSampler } from './target';

/** The first figures come soon after a deploy, when the nodes behind this one are there too. */
const FIRST_MS = 500;

export default defineNode({
  type: 'memory-sample',
  config,
  start({ RED, node, config, status, fail }) {
    const { intervalMs, property } = config;
    const sampler = new TargetSampler(config);
    const due = changeFilter(config.changePercent);
    let lastFailure = '';
    let stopped = false;

    function take(value: unknown, msg: NodeMessage, send: (msg: NodeMessage) => void): void {
      if (stopped) return; // the value was on its way when the node stopped; a sampler would stay open
      const sample: Sample = sampler.sample(value);
      const outgoing = withProperty(RED, msg, property, sample);
      status.show(headroomLevel(sample.headroom), headroomText(sample));
      lastFailure = '';
      if (due(sample)) send(outgoing);
    }

    /** A fixed value, or a promise of one; most samples need no promise. */
    function targetValue(msg: NodeMessage): unknown {
      const { target, targetValue: value, targetValueType: type } = config;
      return target === 'self' || type === 'str' || type === 'num'
        ? value
        : evaluate(RED, node, value, type, msg);
    }

    function sampleFor(msg: NodeMessage, send: (msg: NodeMessage) => void): void | Promise<void> {
      const value = targetValue(msg);
      if (value instanceof Promise) return value.then((resolved) => take(resolved, msg, send));
      take(value, msg, send);
    }

    /** Tells of the same failure once: a script that does not run is no news every ten seconds. */
    function failOnce(error: Error): void {
      if (error.message === lastFailure) return;
      lastFailure = error.message;
      fail(error);
    }

    async function tick(): Promise<void> {
      await sampleFor({}, (msg) => node.send(msg));
    }

    let timer: NodeJS.Timeout | undefined;
    if (intervalMs > 0) {
      const first = Math.min(FIRST_MS, intervalMs);
      timer = setTimeout(() => {
        timer = setInterval(() => tick().catch(failOnce), intervalMs).unref();
        tick().catch(failOnce);
      }, first).unref();
    }

    return {
      input: sampleFor,
      stop() {
        stopped = true;
        clearTimeout(timer);
        sampler.close();
      },
    };
  },
});
