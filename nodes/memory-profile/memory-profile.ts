import { resolve } from 'node:path';
import type { NodeAPI, NodeMessage } from 'node-red';
import {
  formatBytes,
  type ProfileReport,
  type ProfileRun,
  profiler,
  type Reading,
  saveProfile,
} from '../../src';
import { defineNode, type NodeContext, type NodeLife, type Outgoing } from '../shared/define-node';
import { withProperty } from '../shared/message';
import { serveButton } from './button';
import { commandOf } from './command';
import { config, type ProfileConfig } from './config';
import { running } from './running';

type Send = (outgoing: Outgoing) => void;

function start({ RED, node, config, status, fail }: NodeContext<ProfileConfig>): NodeLife {
  const { mode, sampleBytes, durationMs, property, saveFile } = config;
  const folder = resolve(RED.settings.userDir ?? '', config.folder || 'memory-profile');
  let run: ProfileRun | null = null;
  status.show('idle', 'not running');

  function begin({ topic }: NodeMessage): void {
    if (run) throw new Error('payload: start, but this profile runs already; expected take or stop');
    const mine = profiler.start({
      mode,
      sampleBytes,
      durationMs,
      by: `memory-profile '${node.name || node.id}'`,
      async onEnd() {
        try {
          await report(mine, topic === undefined ? {} : { topic }, (outgoing) =>
            node.send(outgoing as NodeMessage),
          );
        } catch (error) {
          fail(error);
        } finally {
          end(mine);
        }
      },
    });
    run = mine;
    running.add(node);
    status.show('working', `${mode} profile runs`);
  }

  function end(mine: ProfileRun): void {
    mine.stop();
    if (run !== mine) return;
    run = null;
    running.delete(node);
  }

  /** Sends a report; what cannot be written to a file is told after it. */
  async function report(mine: ProfileRun, msg: NodeMessage, send: Send): Promise<void> {
    let reading: Reading;
    try {
      reading = await mine.read();
    } catch (error) {
      end(mine);
      throw error;
    }
    const { file, failure } = await save(reading);
    send(withProperty(RED, msg, property, { ...reading.report, file }));
    status.show(run === null ? 'fine' : 'working', heaviest(reading.report));
    if (failure) throw failure;
  }

  async function save({ profile, time }: Reading): Promise<{ file: string | null; failure?: unknown }> {
    if (!saveFile) return { file: null };
    try {
      return { file: await saveProfile(profile, { folder, name: node.name || node.id, time }) };
    } catch (failure) {
      return { file: null, failure };
    }
  }

  return {
    async input(msg, send) {
      const command = commandOf(msg, run !== null);
      if (command === 'start') return begin(msg);
      if (!run) throw new Error(`payload: ${command}, but no profile runs; expected start`);
      const mine = run;
      if (command === 'stop') {
        // Told twice in a row, the second finds nothing to stop.
        run = null;
        running.delete(node);
      }
      try {
        await report(mine, msg, send);
      } finally {
        if (command === 'stop') mine.stop();
      }
    },
    stop() {
      if (run) end(run);
      running.delete(node);
    },
  };
}

/** `12 MB · 61 % · keep history` */
function heaviest({ nodes: [first] }: ProfileReport): string {
  if (!first) return 'no node holds anything';
  const bytes = formatBytes(first.bytes + first.externalBytes);
  return `${bytes} · ${Math.round(first.percent)} % · ${first.name || first.type || first.id}`;
}

const define = defineNode({ type: 'memory-profile', config, start });

export default (RED: NodeAPI): void => {
  define(RED);
  serveButton(RED);
};
