import type { NodeAPI, NodeMessage } from 'node-red';
import {
  chartOf,
  columnsOf,
  type Line,
  linesOf,
  pointsOf,
  type Ring,
  type RingSet,
  type RingView,
  rowsOf,
  thinned,
  windowStats,
} from '../../src';
import { withProperty } from '../shared/message';
import type { RingConfig } from './config';
import type { Demand, Part } from './demand';

/** Makes messages of rings, in the shape that the config says. */
export class Answers {
  constructor(
    private readonly RED: NodeAPI,
    private readonly config: RingConfig,
  ) {}

  /** The message for one key. */
  one(msg: NodeMessage, key: string, ring: Ring, demand: Demand): NodeMessage {
    if (isChart(demand)) return this.#chart(msg, this.#linesOf(key, ring, demand.part), demand);
    return withProperty(this.RED, msg, this.config.property, this.#payload(key, ring, demand));
  }

  /** One message per key, as parts of one list; of charts, one message with the lines of all keys. */
  all(msg: NodeMessage, rings: RingSet, demand: Demand): NodeMessage[] {
    const found = rings.keys().flatMap((key) => {
      const ring = rings.get(key);
      return ring ? [{ key, ring }] : [];
    });
    if (isChart(demand)) {
      const lines = found.flatMap(({ key, ring }) => this.#linesOf(key, ring, demand.part));
      return [this.#chart(msg, lines, demand)];
    }
    const id = this.RED.util.generateId();
    return found.map(({ key, ring }, index) => {
      const parts = { id, type: 'array', index, count: found.length };
      return this.one({ ...msg, topic: key, parts } as NodeMessage, key, ring, demand);
    });
  }

  #payload(key: string, ring: Ring, { emit, format, part }: Demand): unknown {
    const { downsample, quantiles } = this.config;
    const view = viewOf(ring, part);
    if (emit === 'stats') return { key, ...windowStats(ring, view, quantiles) };
    return (format === 'columns' ? columnsOf : rowsOf)(thinned(view, downsample));
  }

  #linesOf(key: string, ring: Ring, part: Part): Line[] {
    return linesOf(key, viewOf(ring, part), this.config.downsample);
  }

  /** Charts show the window anew; that of dashboard 2 must be told so by `msg.action`. */
  #chart(msg: NodeMessage, lines: readonly Line[], { format }: Demand): NodeMessage {
    const { property } = this.config;
    const payload = format === 'chart' ? chartOf(lines) : pointsOf(lines);
    return { ...withProperty(this.RED, msg, property, payload), action: 'replace' } as NodeMessage;
  }
}

function isChart({ emit, format }: Demand): boolean {
  return emit === 'window' && (format === 'chart' || format === 'dashboard2');
}

function viewOf(ring: Ring, { last, from, to }: Part): RingView {
  if (from !== undefined || to !== undefined)
    return ring.between(from ?? Number.NEGATIVE_INFINITY, to ?? Number.POSITIVE_INFINITY);
  return last === undefined ? ring.all() : ring.last(last);
}
