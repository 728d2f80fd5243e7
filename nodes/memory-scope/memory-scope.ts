import type { NodeMessageInFlow } from 'node-red';
import { ledger, type Message, Scope } from '../../src';
import { defineNode } from '../shared/define-node';
import { evaluate, withProperty } from '../shared/message';
import { PacedStatus } from '../shared/paced-status';
import { config } from './config';
import { demandField, type Folders, openResource, propertyOf } from './resource';

export default defineNode({
  type: 'memory-scope',
  config,
  start({ RED, node, config, status, fail }) {
    const resource = openResource(config, RED.settings as unknown as Folders);
    const field = demandField(config);
    const property = propertyOf(config);
    const figures = new PacedStatus(showFigures);
    const scope = new Scope({
      resource,
      ledger,
      timeoutMs: config.timeoutMs,
      onChange: () => figures.changed(),
    });

    function showFigures(): boolean {
      const { inUse, waiting } = scope;
      const text = [`${inUse} in use`, ...(waiting > 0 ? [`${waiting} waiting`] : [])].join(' · ');
      status.show(inUse + waiting > 0 ? 'working' : 'idle', text);
      return false;
    }

    function withResource(msg: NodeMessageInFlow, value: unknown): NodeMessageInFlow {
      if (property !== null) return withProperty(RED, msg, property, value);
      return Object.isExtensible(msg) ? msg : { ...msg };
    }

    if ('leftovers' in resource) {
      void resource.leftovers.then(({ removed, failed }) => {
        if (removed > 0) node.log(`${removed} temporary files of a Node-RED that is gone were removed`);
        for (const reason of failed) node.warn(reason);
      });
    }

    figures.changed();
    return {
      async input(msg, send) {
        // What goes on at output 2: taken before the body can change it, and without the payload, which may be large.
        const { payload: _, ...rest } = msg;
        const demand = field && (await evaluate(RED, node, field.value, field.type, msg));
        const report = await scope.run(demand, (value, token) => {
          const target = withResource(msg, value);
          ledger.put(token, target as unknown as Message);
          send([target, null]);
        });
        if (report.releaseError)
          fail(new Error(`${report.resource} was not given back: ${report.releaseError}`));
        send([null, { ...rest, payload: report }]);
      },
      async stop() {
        await scope.stop();
        figures.stop();
      },
    };
  },
});
