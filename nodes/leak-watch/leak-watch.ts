import type { NodeMessage } from 'node-red';
import { announceWatch, type FlowNode, LeakWatch, sizeOfMessage, type WatchReport } from '../../src';
import { defineNode, type NodeContext, type NodeLife } from '../shared/define-node';
import { RareWarning } from '../shared/rare-warning';
import { carryOver, giveUp, type Passage, takeOver } from './carry';
import { config, type WatchConfig } from './config';
import { controlOf } from './control';
import { guarded, SELF, startFeeds } from './feeds';
import { keyOf, readingOf } from './reading';
import { statusOf } from './show';
import { stateStore } from './store';
import { findSuspects } from './suspects';

/** Messages without a key are one series together. */
const NO_KEY = '';
/** Bytes that Node-RED and the gate hold for each message that waits, beside the message (measured). */
const HELD_BESIDE = 800;
const STATUS_EVERY_MS = 2000;

function start({ RED, node, config, status, fail }: NodeContext<WatchConfig>): NodeLife {
  const isSelf = config.source === 'self';
  const warning = new RareWarning(
    node,
    (count, last) => `more keys than can be watched: ${count} forgotten so far, the last one ${last}`,
  );

  const watch = new LeakWatch<Passage>({
    detect: { sensitivity: config.sensitivity, feed: isSelf ? 'probes' : 'polled' },
    gate: {
      ...config,
      whenClosed: config.whenLeaking,
      dropFrom: config.queueDrop,
      weigh: ({ msg }) => sizeOfMessage(msg).bytes + HELD_BESIDE,
      pass: (passage) => leave(passage, [passage.msg, null, null]),
      divert: (passage) => leave(passage, [null, passage.msg, null]),
      drop: (passage) => leave(passage, null),
    },
    onChange: tell,
    suspects: () => suspects?.suspects ?? [],
    onForget: (key) => warning.count(key),
  });

  function leave(passage: Passage, outgoing: Parameters<Passage['send']>[0] | null): void {
    passage.left = true;
    if (outgoing) passage.send(outgoing);
    passage.settle?.();
  }

  const suspects =
    config.profileOnSuspect && isSelf ? findSuspects(node, () => tell(watch.report(SELF))) : null;

  function tell(report: WatchReport): void {
    suspects?.judge(report);
    const verdict: NodeMessage = { topic: report.key, payload: report };
    node.send([null, null, verdict]);
    show();
  }

  function look(): void {
    // What a predecessor suspected is no change, and is looked for again now that all nodes are there.
    suspects?.judge(watch.report(SELF));
    show();
  }

  function show(): void {
    const { level, text } = statusOf(watch, isSelf ? SELF : null);
    status.show(level, text);
  }

  const store = config.stateStore === '' ? null : stateStore(node, config.stateStore, () => watch.learnt());
  const predecessor = takeOver(node);
  if (predecessor) watch.restore(predecessor);
  else store?.load((detectors) => watch.restore({ detectors }));
  const feeds = startFeeds(config, watch, fail);
  const retract = announceWatch(node as unknown as FlowNode, watch);
  const statusTimer = setInterval(guarded(fail, undefined, look), STATUS_EVERY_MS).unref();
  show();

  /** A reading that is no number is an error, but no reason to lose the message: it goes on to the gate. */
  function pass(passage: Passage, key: string): void {
    try {
      const reading = isSelf ? null : readingOf(RED, config, passage.msg);
      if (reading) watch.read(key, reading.time, reading.bytes, reading.limitBytes);
    } finally {
      watch.gates.offer(key, passage);
    }
  }

  return {
    input(msg, send) {
      const key = isSelf ? SELF : keyOf(RED, config, msg);
      const command = controlOf(msg, config.whenLeaking);
      if (command) {
        for (const each of key === null ? watch.keys() : [key]) tell(watch.control(each, command));
        return undefined;
      }
      feeds.touch();
      const passage: Passage = { msg, send, left: false };
      pass(passage, key ?? NO_KEY);
      if (passage.left) return undefined;
      return new Promise((resolve) => {
        passage.settle = resolve;
      });
    },
    async stop(removed) {
      clearInterval(statusTimer);
      retract();
      feeds.stop();
      suspects?.stop();
      const saved = store?.stop();
      const state = watch.stop();
      if (removed) giveUp(node, state);
      else carryOver(RED, node, state);
      await saved;
    },
  };
}

export default defineNode({ type: 'leak-watch', config, start });
