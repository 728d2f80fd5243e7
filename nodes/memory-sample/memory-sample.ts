import { changeFilter, type Sample, selfSampler } from '../../src';
import { defineNode } from '../shared/define-node';
import { headroomLevel, headroomText } from '../shared/headroom-status';
import { withProperty } from '../shared/message';
import { config } from './config';

/** The first figures come soon after a deploy, when the nodes behind this one are there too. */
const FIRST_MS = 500;

export default defineNode({
  type: 'memory-sample',
  config,
  start({ RED, node, config, status, fail }) {
    const { intervalMs, include, property } = config;
    const sampler = selfSampler({ include, observe: intervalMs > 0 });
    const due = changeFilter(config.changePercent);

    function tell(sample: Sample): void {
      status.show(headroomLevel(sample.headroom), headroomText(sample));
    }

    function tick(): void {
      try {
        const sample = sampler.sample();
        tell(sample);
        if (due(sample)) node.send(withProperty(RED, {}, property, sample));
      } catch (error) {
        fail(error);
      }
    }

    let timer: NodeJS.Timeout | undefined;
    if (intervalMs > 0) {
      timer = setTimeout(
        () => {
          timer = setInterval(tick, intervalMs).unref();
          tick();
        },
        Math.min(FIRST_MS, intervalMs),
      ).unref();
    }

    return {
      input(msg, send) {
        const sample = sampler.sample();
        tell(sample);
        if (due(sample)) send(withProperty(RED, msg, property, sample));
      },
      stop() {
        clearTimeout(timer);
        sampler.close();
      },
    };
  },
});
