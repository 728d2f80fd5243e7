import type { NodeMessage } from 'node-red';
import { entriesFromRecord, keyOf, NO_KEY, type SavedTally, Tally, tallyRecords } from '../../src';
import { commandOf, withoutCommand } from '../shared/command';
import { defineNode, type NodeContext, type NodeLife, type Outgoing } from '../shared/define-node';
import { Keeping } from '../shared/keeping';
import { readProperty, withProperty } from '../shared/message';
import { PacedStatus } from '../shared/paced-status';
import { RareWarning } from '../shared/rare-warning';
import { config, readDefault, type TallyConfig } from './config';

const COMMANDS = ['get', 'take', 'reset', 'delete'] as const;

interface Left {
  operation: string;
  entries: SavedTally;
}

const keeping = new Keeping<Left>('tally');

function start({ RED, node, config, status }: NodeContext<TallyConfig>): NodeLife {
  const { operation, evict, property } = config;
  const warning = new RareWarning(
    node,
    (count, last) => `more keys than can be kept: ${count} evicted so far, the last one ${last}`,
  );
  const tally = new Tally({
    ...config,
    default: readDefault(config),
    onEvict({ key, value }) {
      const evicted = { topic: key, reason: 'evicted', evicted: tally.evicted };
      node.send([null, withProperty(RED, evicted as NodeMessage, property, value)]);
      warning.count(key);
    },
  });

  const shown = new PacedStatus(() => {
    const { size, evicted } = tally;
    const text = `${size} ${size === 1 ? 'key' : 'keys'}${evicted > 0 ? ` · ${evicted} evicted (${evict})` : ''}`;
    if (kept.inTrouble) status.show('watch', `file error · ${text}`);
    else status.show(size > 0 ? 'fine' : 'idle', text);
    return false;
  });

  /** What is of another operation cannot go on: it is told. */
  function restore({ operation: before, entries }: Left): void {
    if (before === operation) tally.restore(entries);
    else node.warn(`operation was ${before} and is ${operation}: ${entries.length} keys begin anew`);
  }

  let before: string = operation;
  const staged: SavedTally = [];
  const kept = keeping.begin(RED, node, config, {
    takeOver: restore,
    stage(record) {
      const { operation, entries } = entriesFromRecord(record);
      staged.push(...entries);
      before = operation;
    },
    restored: () => restore({ operation: before, entries: staged.splice(0) }),
    records: () => tallyRecords(tally),
    onChange: () => shown.changed(),
  });

  function get(msg: NodeMessage, key: string): NodeMessage {
    const found = key === NO_KEY ? tally.top(config.top || undefined) : tally.get(key);
    return withProperty(RED, withoutCommand(msg), property, found);
  }

  function forget(key: string): void {
    if (key === NO_KEY) tally.clear();
    else tally.delete(key);
    kept.change();
  }

  function obey(command: (typeof COMMANDS)[number], msg: NodeMessage, key: string): NodeMessage | null {
    if (command === 'delete' && key === NO_KEY)
      throw new TypeError(`control: delete is not valid without a key, expected one in msg.${config.key}`);
    const answer = command === 'get' || command === 'take' ? get(msg, key) : null;
    if (command !== 'get') forget(key);
    return answer;
  }

  function add(msg: NodeMessage, key: string): NodeMessage | null {
    try {
      tally.add(key, readProperty(RED, msg, config.value));
    } catch (error) {
      throw new TypeError(`value: msg.${config.value} ${(error as Error).message}`);
    }
    kept.change();
    return config.emit === 'each' ? withProperty(RED, msg, property, tally.get(key)) : null;
  }

  function handle(msg: NodeMessage, send: (outgoing: Outgoing) => void): void {
    const key = keyOf(readProperty(RED, msg, config.key), config.key);
    const command = commandOf(msg, COMMANDS);
    const outgoing = command ? obey(command, msg, key) : add(msg, key);
    if (outgoing) send(outgoing);
    shown.changed();
  }

  return {
    input: (msg, send) => kept.whenLoaded(() => handle(msg, send)),
    async stop(removed) {
      await kept.stop(removed, () => ({ operation, entries: tally.save() }));
      shown.stop();
    },
  };
}

export default defineNode({ type: 'memory-tally', config, start });
