/** What benchmarks that run a flow inside a Node-RED of their own process share. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { FlowNode } from '../../src';

export const RED = require('node-red');

export type Source = FlowNode & { send(msg: object): void };
type Sink = { on(event: 'input', input: (msg: object, send: unknown, done: () => void) => void): void };

/** The nodes of type `bench-source` by id: what they send begins a flow. */
export const sources = new Map<string, Source>();
/** Called by a node of type `bench-sink` for each message that has come to the end of a flow. */
let arrived: () => void = () => {};

function register(): void {
  RED.nodes.registerType('bench', 'bench-source', function (this: Source, config: { id: string }) {
    RED.nodes.createNode(this, config);
    sources.set(config.id, this);
  });
  RED.nodes.registerType('bench', 'bench-sink', function (this: Sink, config: object) {
    RED.nodes.createNode(this, config);
    this.on('input', (_msg, _send, done) => {
      done();
      arrived();
    });
  });
}

/** Starts Node-RED with a flow, and waits until it runs; returns what removes its user folder. */
export async function startFlow(flow: readonly { type: string }[]): Promise<() => void> {
  const expected = flow.filter(({ type }) => type === 'bench-source').length;
  const userDir = mkdtempSync(join(tmpdir(), 'headroom-bench-'));
  writeFileSync(join(userDir, 'flows.json'), JSON.stringify(flow));
  const logging = { console: { level: 'off' } };
  RED.init({ userDir, flowFile: 'flows.json', httpAdminRoot: false, httpNodeRoot: false, logging });
  register();
  await RED.start();
  while (sources.size < expected) await pause(50);
  await pause(1_000);
  return () => rmSync(userDir, { recursive: true, force: true });
}

/** CPU µs per message, with `underWay` of them in the flow at a time; `send` sends one. */
export async function cpuPerMessage(send: () => void, messages: number, underWay: number): Promise<number> {
  const before = process.cpuUsage();
  await new Promise<void>((resolve) => {
    let sent = underWay;
    let through = 0;
    arrived = () => {
      through += 1;
      if (through === messages) resolve();
      else if (sent < messages) {
        sent += 1;
        send();
      }
    };
    for (let i = 0; i < underWay; i += 1) send();
  });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / messages;
}
