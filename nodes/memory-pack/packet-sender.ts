import type { NodeMessage } from 'node-red';
import type { NodeContext } from '../shared/define-node';
import { Leasing } from '../shared/leasing';
import { withProperty } from '../shared/message';
import type { PackConfig } from './config';

export type Send = (msg: NodeMessage) => void;

/** Said of a packet in `msg.pack`. */
export interface PacketFacts {
  records: number;
  bytes: number;
  format: string;
  /** Fields of records that are not in the schema. */
  leftOut: number;
}

/** Puts packets into messages, in buffers of a pool where there is one. */
export class PacketSender {
  readonly #leasing: Leasing | null;
  #atStart: (() => void) | null = null;

  constructor(private readonly context: NodeContext<PackConfig>) {
    const { pool } = context.config;
    this.#leasing = pool === '' ? null : new Leasing(context, pool);
  }

  /** Throws a ConfigError when the pool is not there: before anything is packed for it. */
  check(): void {
    this.#leasing?.pool();
  }

  async send(bytes: Buffer, facts: PacketFacts, msg: NodeMessage, send: Send): Promise<void> {
    const { RED, config } = this.context;
    const target = withProperty(RED, msg, 'pack', facts);
    if (this.#leasing) await this.#leasing.sendCopy(bytes, target, config.property, send);
    else send(withProperty(RED, target, config.property, bytes));
  }

  /** Sends as soon as all nodes have started: before, there may be nobody to send to. */
  sendAtStart(bytes: Buffer, facts: PacketFacts, send: Send, fail: (error: unknown) => void): void {
    const { RED } = this.context;
    const started = (): void => {
      this.#atStart = null;
      this.send(bytes, facts, {}, send).catch(fail);
    };
    this.#atStart = started;
    RED.events.once('flows:started', started);
  }

  stop(): void {
    this.#leasing?.stop();
    if (this.#atStart) this.context.RED.events.removeListener('flows:started', this.#atStart);
  }
}
