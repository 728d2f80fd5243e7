import type { NodeMessageInFlow } from 'node-red';
import {
  type FlowNode,
  LaterSource,
  LazyRun,
  leaseOf,
  leaseToFlow,
  ledger,
  RunQueue,
  type RunSummary,
  type Token,
} from '../../src';
import { defineNode } from '../shared/define-node';
import { warnOfLateUse } from '../shared/late-use';
import { evaluate } from '../shared/message';
import { config } from './config';
import { controlOf } from './control';
import { ItemMessages } from './item-messages';
import { Progress } from './progress';
import { sourceOf } from './source-of';

type Send = (outgoing: (object | null)[]) => void;

export default defineNode({
  type: 'memory-lazy',
  config,
  start({ RED, node, config, status }) {
    const queue = new RunQueue(config.maxWaiting);
    const progress = new Progress(status, queue);
    const lateUse = warnOfLateUse(node);
    /** What completes the messages whose runs have not ended. */
    const unsettled = new Set<(error?: unknown) => void>();
    const { fileWorkingDirectory } = RED.settings as { fileWorkingDirectory?: string };

    /** Pooled chunks go back to their pool when the flow is through with them. */
    function leaseTokens(value: unknown): (Token | null)[] {
      if (config.source !== 'chunks' || config.pool === '') return [];
      const chunks = (config.batch > 1 ? value : [value]) as Buffer[];
      return chunks.map((chunk) => {
        const lease = leaseOf(chunk);
        return lease
          ? leaseToFlow(lease, node as unknown as FlowNode, ledger, lease.pool.watchesNext, lateUse)
          : null;
      });
    }

    function runOf(msg: NodeMessageInFlow, send: Send, ended: (error?: unknown) => void): LazyRun {
      const messages = new ItemMessages(RED, msg, config);
      const run: LazyRun = new LazyRun({
        source: new LaterSource(async () =>
          sourceOf(
            config,
            await evaluate(RED, node, config.from, config.fromType, msg),
            fileWorkingDirectory,
          ),
        ),
        window: config.window,
        batch: config.batch,
        ledger,
        deliver(portion, credit) {
          const item = messages.item(portion);
          ledger.put(credit, item);
          const tokens = leaseTokens(portion.value);
          try {
            send([item, null]);
          } finally {
            for (const token of tokens) token?.release();
          }
        },
        refuse(problem, credit) {
          const refused = { ...messages.plain(), line: problem.line };
          ledger.put(credit, refused);
          node.error(problem.message, refused);
        },
        onEnd(summary, error) {
          send([null, { ...messages.plain(), payload: summary }]);
          queue.ended(run);
          if (queue.current) progress.begin();
          else finish(summary);
          ended(error);
        },
      });
      return run;
    }

    function finish({ items, errors, outcome }: RunSummary): void {
      progress.end();
      const bad = errors > 0 ? ` · ${errors} errors` : '';
      status.show(errors > 0 ? 'watch' : 'idle', `${items} items · ${outcome}${bad}`);
    }

    return {
      input(msg, send) {
        const command = controlOf(msg);
        if (command) {
          queue[command]();
          return progress.refresh();
        }
        return new Promise<void>((resolve, reject) => {
          const settle = (error?: unknown): void => {
            unsettled.delete(settle);
            if (error === undefined) resolve();
            else reject(error);
          };
          const run = runOf(msg, send as Send, settle);
          queue.add(run);
          unsettled.add(settle);
          if (queue.current === run) progress.begin();
        });
      },
      async stop() {
        progress.end();
        const { waiting } = queue;
        await queue.close();
        for (const settle of unsettled) settle();
        if (waiting > 0) node.warn(`the node was stopped: ${waiting} waiting messages dropped`);
      },
    };
  },
});
