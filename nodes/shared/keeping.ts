import os from 'node:os';
import { resolve } from 'node:path';
import type { Node, NodeAPI } from 'node-red';
import { Keeper, type KeepingConfig, type SnapshotRecord } from '../../src';
import { CarriedOver } from './carried-over';

const FOLDER = 'headroom-data';

/** What a node does with its content. `S` is the content as one node hands it to its successor. */
export interface Content<S> {
  /** Takes the content of a predecessor in this process. */
  takeOver(state: S): void;
  /** Takes one record of the file; nothing of it counts before `restored`. Throws where it is none. */
  stage(record: SnapshotRecord): void;
  /** The file was whole: what was staged is the content. */
  restored(): void;
  records(): Iterable<SnapshotRecord>;
  /** Content was restored, or there is trouble with the file. */
  onChange(): void;
}

interface Left<S> {
  state: S;
  /** Where it stands written; empty: nowhere. */
  file: string;
}

/** Content that outlives deploys, and restarts where a file is named. One for each node type. */
export class Keeping<S> {
  readonly #carried = new CarriedOver<Left<S>>();

  constructor(private readonly kind: string) {}

  /** Restores the content of a node that starts: from its predecessor, else from the file. */
  begin(RED: NodeAPI, node: Node, config: KeepingConfig, content: Content<S>): Kept<S> {
    const folder = resolve(RED.settings.userDir || os.tmpdir(), config.folder || FOLDER);
    const file = config.persist === '' ? '' : resolve(folder, config.persist);
    const kept = new Kept<S>((state) => this.#carried.keep(RED, node.id, { state, file }, () => {}));
    const left = this.#carried.take(node.id);
    if (left) content.takeOver(left.state);
    if (file !== '') {
      const keeper = new Keeper({
        folder,
        file: config.persist,
        kind: this.kind,
        everyMs: config.persistEveryMs,
        records: () => content.records(),
        onTrouble({ message }) {
          node.warn(message);
          content.onChange();
        },
      });
      kept.use(keeper, left ? null : load(keeper, content));
      if (left && left.file !== file) keeper.change();
    }
    // Later: what the node shows of its content may ask for what this call returns.
    queueMicrotask(() => content.onChange());
    return kept;
  }
}

async function load<S>(keeper: Keeper, content: Content<S>): Promise<void> {
  const found = await keeper.load((record) => content.stage(record));
  if (!found) return;
  content.restored();
  content.onChange();
}

/** The content of one running node. */
export class Kept<S> {
  #keeper: Keeper | null = null;
  /** Resolves when the file is read; null when there is nothing to wait for. */
  #loading: Promise<void> | null = null;

  constructor(private readonly leave: (state: S) => void) {}

  use(keeper: Keeper, loading: Promise<void> | null): void {
    this.#keeper = keeper;
    this.#loading =
      loading?.finally(() => {
        this.#loading = null;
      }) ?? null;
  }

  /** The file could not be read, or not be written since. */
  get inTrouble(): boolean {
    return this.#keeper?.inTrouble ?? false;
  }

  /** Does it now, or when the content has been read: in the order in which it was asked for. */
  whenLoaded(work: () => void): void | Promise<void> {
    if (this.#loading) return this.#loading.then(work);
    work();
  }

  /** The content has changed. */
  change(): void {
    this.#keeper?.change();
  }

  /** Writes what has changed; leaves the content to a successor, unless the node was `removed`. */
  async stop(removed: boolean, state: () => S): Promise<void> {
    await this.#loading;
    if (!removed) this.leave(state());
    await this.#keeper?.stop();
  }
}
