import type {
  GrowingNode,
  HeavyNode,
  HeldFigures,
  NamedNode,
  PoolFigures,
  WatchFigures,
} from '../../../src/report/shape';
import { bytesText, percentText, signedText, timeText } from './figures';
import type { Row } from './live-table';
import { type Level, words } from './red';

/** What a census tells of one context. */
export interface ContextFigures {
  scope: string;
  id: string;
  name: string;
  bytes: number;
  addedBytes: number | null;
  keyCount: number;
  keys: { key: string; bytes: number }[];
}

/** A node by its name, or by its type where it has none; what is known beside it is the smaller text. */
function named({ id, name, type, flow }: NamedNode): Pick<Row, 'title' | 'detail' | 'target'> {
  const detail = [name ? type : '', flow].filter((part) => part !== '').join(' · ');
  return { title: name || type || id, detail, target: id };
}

/** Growth that is more than the noise of sampling. */
const GROWS = 0.05;

export function heavyRow(node: HeavyNode & Partial<Pick<GrowingNode, 'addedBytes'>>): Row {
  const bytes = node.bytes + node.externalBytes;
  const added = node.addedBytes ?? null;
  const grows = added !== null && added > GROWS * bytes;
  const trend = grows ? words._('memory-sidebar.grows', { bytes: signedText(added) }) : signedText(added);
  return {
    key: node.id,
    ...named(node),
    level: grows ? 'watch' : 'idle',
    cells: [bytesText(bytes), trend, percentText(node.percent)],
  };
}

const WATCH_LEVELS: Record<WatchFigures['state'], Level> = {
  learning: 'working',
  healthy: 'fine',
  suspect: 'watch',
  leaking: 'act',
  recovered: 'fine',
};

/** One row for the watch, and one below it for each node that may be the cause. */
export function watchRows(watch: WatchFigures): Row[] {
  const { id, key, state, gate, bytesPerHour, secondsToLimit } = watch;
  const name = named(watch);
  const closed = gate === 'closed' ? ` · ${words._('memory-sidebar.closed')}` : '';
  const rate = bytesPerHour === null ? '–' : `${signedText(bytesPerHour)}/h`;
  const row: Row = {
    key: `${id} ${key}`,
    ...name,
    detail: key === '' || key === 'self' ? name.detail : `${key} · ${name.detail}`,
    level: WATCH_LEVELS[state],
    cells: [words._(`memory-sidebar.state.${state}`) + closed, rate, timeText(secondsToLimit)],
  };
  const suspects = (watch.suspects as (NamedNode & { bytes?: number })[]).map(
    (suspect): Row => ({
      key: `${id} ${key} ${suspect.id}`,
      ...named(suspect),
      title: words._('memory-sidebar.suspect', { node: named(suspect).title }),
      level: 'act',
      cells: ['', bytesText(suspect.bytes), ''],
    }),
  );
  return [row, ...suspects];
}

/** A message that waits longer than this is worth a look. */
const LONG_MS = 10_000;

export function heldRow(held: HeldFigures): Row {
  const { id, messages, oldestMs, bytes, givenUp } = held;
  const name = named(held);
  const dropped = givenUp > 0 ? words._('memory-sidebar.given-up', { count: givenUp }) : '';
  return {
    key: id,
    ...name,
    detail: [name.detail, dropped].filter((part) => part !== '').join(' · '),
    level: messages > 0 && oldestMs > LONG_MS ? 'watch' : 'idle',
    cells: [String(messages), messages > 0 ? timeText(oldestMs / 1_000) : '–', bytesText(bytes)],
  };
}

export function poolRow(pool: PoolFigures): Row {
  const { id, name, inUse, inUseBytes, heldBytes, reuseRatio, leaked } = pool;
  return {
    key: id,
    title: name || id,
    detail: leaked > 0 ? words._('memory-sidebar.leaked', { count: leaked }) : '',
    target: id,
    level: leaked > 0 ? 'watch' : 'idle',
    cells: [`${inUse} · ${bytesText(inUseBytes)}`, bytesText(heldBytes), percentText(100 * reuseRatio)],
  };
}

export function contextRow(context: ContextFigures): Row {
  const { scope, id, name, bytes, addedBytes, keyCount, keys } = context;
  const [first] = keys;
  const heaviest = first ? `${first.key} ${bytesText(first.bytes)}` : '';
  return {
    key: `${scope} ${id}`,
    title: scope === 'global' ? words._('memory-sidebar.global') : name || id,
    detail: [words._(`memory-sidebar.scope.${scope}`), heaviest].join(' · '),
    target: scope === 'global' ? null : id,
    cells: [bytesText(bytes), signedText(addedBytes), String(keyCount)],
  };
}
