import type { NodeAPI, NodeMessage } from 'node-red';
import { BlackBox, heaviestHere, type LastRun } from '../../src';
import { defineNode, type NodeContext, type NodeLife } from '../shared/define-node';
import { withProperty } from '../shared/message';
import { type BlackboxConfig, config } from './config';
import { safeStart } from './safe-start';
import { statusOf } from './show';

function start({ RED, node, config, status, fail }: NodeContext<BlackboxConfig>): NodeLife {
  const folder = RED.settings.userDir;
  if (!folder) throw new Error('file: there is no user folder, expected userDir in the settings');
  let stopped = false;
  let told: LastRun | null = null;
  const flows = flowsStarted(RED);
  const waiting = new AbortController();

  const opening = BlackBox.open({
    ...config,
    folder,
    signal: waiting.signal,
    heaviest: heaviestHere(),
    onSample: ({ headroom }) => status.show(...statusOf(headroom, told, safe.holds)),
    onTrouble: (message) => node.warn(message),
    onLost: fail,
  });
  const safe = safeStart(config, (msg) => node.send([null, msg]));

  /** The nodes behind this one are there once the flows have started. */
  async function begin(): Promise<void> {
    const box = await opening;
    for (const note of box.notes) node.warn(note);
    if ((await flows.started) && !stopped) report(box);
  }

  /** Once for each process: a deploy is no restart. */
  function report(box: BlackBox): void {
    const { lastRun } = box;
    const news = box.takeNews();
    told = lastRun;
    if (news && lastRun) node.send([messageOf(RED, config.property, lastRun, {}), null]);
    safe.begin(lastRun, news);
    status.show(...statusOf(null, lastRun, safe.holds));
  }

  begin().catch((error: unknown) => {
    if (!stopped) fail(error);
  });

  return {
    async input(msg, send) {
      const { lastRun } = await opening;
      if (!lastRun) throw new Error('there was no run before this one: nothing is known of its end');
      send([messageOf(RED, config.property, lastRun, msg), null]);
    },
    async stop(removed) {
      stopped = true;
      flows.forget();
      waiting.abort();
      safe.stop();
      const box = await opening.catch(() => null); // it was told when it failed
      await box?.stop(removed);
      // A node that does not come back, for its flow was disabled, keeps nothing.
      if (box && !removed) RED.events.once('flows:started', () => void box.release());
    },
  };
}

function messageOf(RED: NodeAPI, property: string, lastRun: LastRun, msg: NodeMessage): NodeMessage {
  return withProperty(RED, { topic: 'last-run', ...msg }, property, lastRun);
}

/** Whether the flows have started; false where the node is stopped before. */
function flowsStarted(RED: NodeAPI): { started: Promise<boolean>; forget(): void } {
  let settle: (started: boolean) => void = () => {};
  const started = new Promise<boolean>((resolve) => {
    settle = resolve;
  });
  const onStarted = (): void => settle(true);
  RED.events.once('flows:started', onStarted);
  return {
    started,
    forget() {
      RED.events.off('flows:started', onStarted);
      settle(false);
    },
  };
}

export default defineNode({ type: 'memory-blackbox', config, start });
