import type { NodeAPI, NodeMessage } from 'node-red';
import { ConfigError, type FlowNode, findPool, type Lease, leaseToFlow, ledger, type Pool } from '../../src';
import type { NodeContext } from './define-node';
import { warnOfLateUse } from './late-use';
import { withProperty } from './message';

/** Buffers of one pool, on their way into messages. */
export class Leasing {
  readonly #stopping = new AbortController();
  readonly #RED: NodeAPI;
  readonly #node: NodeContext<object>['node'];

  constructor(
    { RED, node }: Pick<NodeContext<object>, 'RED' | 'node'>,
    /** Id of the memory-pool. */
    private readonly poolId: string,
  ) {
    this.#RED = RED;
    this.#node = node;
  }

  /** Throws a ConfigError when the pool is not there, or not enabled. */
  pool(): Pool {
    const pool = findPool(this.poolId);
    if (pool) return pool;
    throw new ConfigError([{ field: 'pool', value: this.poolId, expected: 'an enabled memory-pool' }]);
  }

  /** A lease as soon as the pool has room, as it is told to wait or not; ends waiting when the node stops. */
  leaseWhenFree(bytes: number): Promise<Lease> {
    return this.pool().leaseWhenFree(bytes, this.#stopping.signal);
  }

  /** Sends a message with the leased buffer; it goes back when the last message that carries it is done. */
  send<M extends NodeMessage>(
    lease: Lease,
    watched: boolean,
    msg: M,
    property: string,
    send: (msg: M) => void,
  ): void {
    const { pool, id, bytes, capacity, pooled } = lease;
    const by = this.#node as unknown as FlowNode;
    const token = leaseToFlow(lease, by, ledger, watched, warnOfLateUse(this.#node));
    try {
      const target = withProperty(this.#RED, msg, property, lease.buffer);
      send(Object.assign(target, { lease: { id, bytes, capacity, pool: pool.name, pooled } }));
    } catch (error) {
      if (!token) lease.return();
      throw error;
    } finally {
      // From here on only messages hold it; if none was sent, it goes back at once.
      token?.release();
    }
  }

  /** Sends a message with a leased copy of some bytes. */
  async sendCopy<M extends NodeMessage>(
    content: Uint8Array,
    msg: M,
    property: string,
    send: (msg: M) => void,
  ): Promise<void> {
    const { watchesNext } = this.pool();
    const lease = await this.leaseWhenFree(content.length);
    lease.buffer.set(content);
    this.send(lease, watchesNext, msg, property, send);
  }

  stop(): void {
    this.#stopping.abort(new Error('the node was stopped'));
  }
}
