import type { Node, NodeMessage } from 'node-red';
import helper, { type NodeFile } from '../support/test-helper';

/**
 * A node whose content outlives deploys, and who listens to its two outputs: what it sends, and what it lets go. The
 * content goes over to the next node of the same id, so each `load` takes another.
 */
export class KeptFlow<Sent extends NodeMessage> {
  #id = '';
  #loads = 0;
  node!: Node;
  sent: Sent[] = [];
  gone: Sent[] = [];

  constructor(
    private readonly type: string,
    private readonly file: NodeFile,
  ) {}

  get id(): string {
    return this.#id;
  }

  /** Begins anew. */
  async load(config: object = {}): Promise<void> {
    this.#loads += 1;
    this.#id = `${this.type}-${this.#loads}`;
    await this.restart(config);
  }

  /** As after a restart of Node-RED: the same id, in a runtime that has just begun. */
  async restart(config: object): Promise<void> {
    await helper.load(this.file, this.#flow(config));
    this.#listen();
  }

  async redeploy(config: object): Promise<void> {
    await helper.setFlows(this.#flow(config), 'full');
    this.#listen();
  }

  #flow(config: object): object[] {
    return [
      { id: 'tab', type: 'tab', label: 'test' },
      { id: this.#id, type: this.type, z: 'tab', x: 1, y: 1, ...config, wires: [['sent'], ['gone']] },
      { id: 'sent', type: 'helper', z: 'tab', x: 2, y: 1 },
      { id: 'gone', type: 'helper', z: 'tab', x: 2, y: 2 },
    ];
  }

  #listen(): void {
    this.node = helper.getNode(this.#id);
    this.sent = [];
    this.gone = [];
    helper.getNode('sent').on('input', (msg) => this.sent.push(msg as Sent));
    helper.getNode('gone').on('input', (msg) => this.gone.push(msg as Sent));
  }
}
