import type { NodeMessage } from 'node-red';
import {
  formatBytes,
  type KeptRing,
  keyOf,
  NO_KEY,
  Ring,
  RingSet,
  ringFromRecord,
  ringRecords,
  windowStats,
} from '../../src';
import { commandOf, withoutCommand } from '../shared/command';
import { defineNode, type NodeContext, type NodeLife, type Outgoing } from '../shared/define-node';
import { Keeping } from '../shared/keeping';
import { readProperty } from '../shared/message';
import { PacedStatus } from '../shared/paced-status';
import { RareWarning } from '../shared/rare-warning';
import { Answers } from './answers';
import { columnsOf, config, type RingConfig } from './config';
import { demandOf } from './demand';
import { SampleReader } from './sample-of';

const COMMANDS = ['get', 'reset', 'delete'] as const;

const keeping = new Keeping<KeptRing[]>('ring');

function start({ RED, node, config, status }: NodeContext<RingConfig>): NodeLife {
  const { capacity, emit, format } = config;
  const options = { capacity, fields: columnsOf(config.fields) };
  const reader = new SampleReader(RED, config);
  const answers = new Answers(RED, config);
  const warning = new RareWarning(
    node,
    (count, last) => `more keys than can be kept: ${count} forgotten so far, the last one ${last}`,
  );
  const rings = new RingSet({
    ...config,
    ...options,
    onEvict(key, ring) {
      const payload = { key, reason: 'evicted', evicted: rings.evicted, ...windowStats(ring, ring.all()) };
      node.send([null, { topic: key, payload } as NodeMessage]);
      warning.count(key);
    },
  });

  const shown = new PacedStatus(() => {
    const { size, bytes } = rings;
    const text = `${size} ${size === 1 ? 'key' : 'keys'} · ${rings.samples} samples · ${formatBytes(bytes)}`;
    if (kept.inTrouble) status.show('watch', `file error · ${text}`);
    else status.show(size > 0 ? 'fine' : 'idle', text);
    return false;
  });

  function adopt(all: readonly KeptRing[]): void {
    for (const each of all) rings.adopt(each);
  }

  const staged: KeptRing[] = [];
  const kept = keeping.begin(RED, node, config, {
    takeOver: adopt,
    stage: (record) => staged.push(ringFromRecord(record)),
    restored: () => adopt(staged.splice(0)),
    records: () => ringRecords(rings),
    onChange: () => shown.changed(),
  });

  function obey(command: (typeof COMMANDS)[number], msg: NodeMessage, key: string): NodeMessage[] {
    if (command === 'get') {
      const demand = demandOf(msg, config);
      const answer = withoutCommand(msg);
      if (key === NO_KEY) return answers.all(answer, rings, demand);
      return [answers.one(answer, key, rings.get(key) ?? new Ring(options), demand)];
    }
    if (command === 'delete' && key === NO_KEY)
      throw new TypeError(`control: delete is not valid without a key, expected one in msg.${config.key}`);
    if (key === NO_KEY) rings.clear();
    else rings.delete(key);
    kept.change();
    return [];
  }

  function push(msg: NodeMessage, key: string): NodeMessage[] {
    const samples = reader.read(msg);
    for (const { time, values } of samples) rings.push(key, time, values);
    if (samples.length > 0) kept.change();
    const ring = rings.get(key);
    return ring && emit !== 'none' ? [answers.one(msg, key, ring, { emit, format, part: {} })] : [];
  }

  function handle(msg: NodeMessage, send: (outgoing: Outgoing) => void): void {
    const key = keyOf(readProperty(RED, msg, config.key), config.key);
    const command = commandOf(msg, COMMANDS);
    for (const outgoing of command ? obey(command, msg, key) : push(msg, key)) send(outgoing);
    shown.changed();
  }

  return {
    input: (msg, send) => kept.whenLoaded(() => handle(msg, send)),
    async stop(removed) {
      await kept.stop(removed, () => rings.kept());
      shown.stop();
    },
  };
}

export default defineNode({ type: 'memory-ring', config, start });
