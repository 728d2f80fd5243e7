import type { NodeAPI } from 'node-red';
import { PrometheusExposition } from '../../src';
import { defineNode } from '../shared/define-node';
import { config, type MetricsConfig } from './config';
import { push } from './push';
import { serve } from './route';

export default defineNode({
  type: 'memory-metrics',
  config,
  start({ RED, config, status, fail }) {
    const exposition = new PrometheusExposition(config);
    const [app, ...guards] = placeOf(RED, config.root);
    const close = serve(app, config.path, ...guards, (_request, response) => {
      exposition.scrape().then(
        ({ text, contentType }) => {
          status.show('fine', `${config.path} · scraped`);
          response.set('Content-Type', contentType).send(text);
        },
        (error: unknown) => {
          response.status(503).send('not available\n');
          fail(error);
        },
      );
    });
    status.show('idle', config.path);
    const stopPush = config.otlpUrl === '' ? null : push(config, status, fail);
    return {
      stop() {
        close();
        exposition.close();
        return stopPush?.();
      },
    };
  },
});

type Place = [app: NodeAPI['httpAdmin'], ...guards: Parameters<typeof serve>[2][]];

/** One of Node-RED's HTTP roots, and what keeps strangers out there; httpNodeAuth does for the whole of its root. */
function placeOf(RED: NodeAPI, root: MetricsConfig['root']): Place {
  if (root === 'admin') {
    if (RED.settings.httpAdminRoot === false) throw off('admin', 'httpAdminRoot');
    return [RED.httpAdmin, RED.auth.needsPermission('memory.read')];
  }
  if (RED.settings.httpNodeRoot === false) throw off('node', 'httpNodeRoot');
  return [RED.httpNode];
}

function off(root: string, setting: string): TypeError {
  return new TypeError(`root: ${root} is not there, for settings.js has ${setting}: false`);
}
