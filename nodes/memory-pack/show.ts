import { formatBytes } from '../../src';
import { PacedStatus } from '../shared/paced-status';
import type { StatusLine } from '../shared/status';

/** Below a node: records of the last packet and their size, and how many wait. */
export class PackStatus {
  readonly #paced: PacedStatus;
  #last = '';

  constructor(status: StatusLine, waiting: () => number = () => 0) {
    this.#paced = new PacedStatus(() => {
      const count = waiting();
      const waits = count > 0 ? `${count.toLocaleString('en-US')} waiting` : '';
      const text = [this.#last, waits].filter((part) => part !== '').join(' · ');
      if (text !== '') status.show(this.#last === '' ? 'working' : 'fine', text);
      return false;
    });
  }

  /** A packet was made or read. */
  packet(records: number, bytes: number): void {
    const each = records > 0 ? ` · ${(bytes / records).toPrecision(2)} B each` : '';
    this.#last = `${records.toLocaleString('en-US')} in ${formatBytes(bytes)}${each}`;
    this.changed();
  }

  changed(): void {
    this.#paced.changed();
  }

  stop(): void {
    this.#paced.stop();
  }
}
