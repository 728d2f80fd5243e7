/**
 * `npm run demo`: a real Node-RED with the packed package and the tour flow, in a throw-away user folder.
 * `-- --once` runs it for 20 s without an editor's user, prints what the nodes reported, and fails if one did not.
 * `-- --port N` serves the editor elsewhere than on 1880.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatBytes, type Sample } from '../src';
import { summarise } from './demo-summary';
import { ROOT } from './node-red/cell';
import { type FlowNode, type NodeRed, type Report, startNodeRed } from './node-red/start';
import { table } from './table';

const ONCE_SECONDS = 20;
const DEFAULT_PORT = 1880;
/** As shells tell of a Ctrl-C. */
const INTERRUPTED = 130;
const OURS = new Set(
  Object.keys(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))['node-red'].nodes),
);

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { once: { type: 'boolean' }, port: { type: 'string' } } });
  const port = values.once ? undefined : await usablePort(values.port);
  const flows: FlowNode[] = JSON.parse(readFileSync(join(ROOT, 'examples', 'tour.json'), 'utf8'));
  const nodes = flows.filter(({ type, wires }) => OURS.has(type) && Array.isArray(wires)); // config nodes have none

  console.log('Packing the package and starting Node-RED …');
  const signal = abortOnSignal();
  const red = await startNodeRed({
    flows,
    observe: nodes.map(({ id }) => id),
    signal,
    ...(port ? { port } : {}),
  });
  const stopped = once(signal, 'abort');
  if (values.once) {
    await Promise.race([headless(red, signal), stopped]);
    const code = signal.aborted ? INTERRUPTED : printSummary(red, nodes);
    await red.stop();
    return code;
  }
  console.log(
    `The editor is at ${red.url}/ with the tour flow running. Ctrl-C ends it and leaves nothing behind.\n`,
  );
  watch(red, (sample) => console.log(sampleLine(sample)));
  await Promise.race([stopped, once(red.child, 'exit')]);
  const died = !signal.aborted;
  if (died) console.error(`Node-RED ended by itself. Its log ends:\n${red.log.slice(-20).join('\n')}`);
  await red.stop();
  return died ? 1 : 0;
}

/** Runs for 20 s; a line shows how far it is. */
async function headless(red: NodeRed, signal: AbortSignal): Promise<void> {
  const begun = Date.now();
  let line = '';
  watch(red, (sample) => {
    line = sampleLine(sample);
  });
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const seconds = Math.min(ONCE_SECONDS, Math.round((Date.now() - begun) / 1000));
      progress(seconds / ONCE_SECONDS, `${seconds} of ${ONCE_SECONDS} s  ${line}`);
      if (seconds < ONCE_SECONDS && !red.end && !signal.aborted) return;
      clearInterval(timer);
      resolve();
    }, 1000);
  });
  if (process.stdout.isTTY) process.stdout.write('\n');
}

/** Calls back with each sample the flow reports. */
function watch(red: NodeRed, tell: (sample: Sample) => void): void {
  red.child.on('message', (report: Report) => {
    const sample = report.kind === 'message' ? (report.msg.payload as Sample | undefined) : undefined;
    if (sample?.headroom && sample.rss) tell(sample);
  });
}

function sampleLine({ time, rss, heapUsed, headroom }: Sample): string {
  const left = headroom
    ? `${formatBytes(headroom.bytes)} left until ${headroom.nearest} (${headroom.percent} %)`
    : '';
  return `${new Date(time).toISOString().slice(11, 19)}  rss ${formatBytes(rss ?? 0)}  heap ${formatBytes(heapUsed ?? 0)}  ${left}`;
}

/** On a terminal one line that grows; in a log a line each. */
function progress(share: number, text: string): void {
  const width = 20;
  const bar = '#'.repeat(Math.round(share * width)).padEnd(width, '.');
  process.stdout.write(process.stdout.isTTY ? `\r\x1b[K[${bar}] ${text}` : `[${bar}] ${text}\n`);
}

/** Prints what each of our nodes reported; 0 only if all did. */
function printSummary(red: NodeRed, nodes: FlowNode[]): number {
  const summaries = summarise(red, nodes);
  const rows = summaries.map(({ node, messages, status, ok }) => [
    node.type,
    String(node.name ?? ''),
    messages.join(' / '),
    status.text ?? '',
    ok ? 'reported' : status.fill === 'red' ? 'RED' : 'SILENT',
  ]);
  console.log(`\n${table(['node', 'name', 'messages', 'status', ''], rows)}`);
  const failed = summaries.filter(({ ok }) => !ok).length;
  if (red.end) console.error(`Node-RED ended by itself. Its log ends:\n${red.log.slice(-20).join('\n')}`);
  console.log(
    failed === 0 ? 'All nodes reported.' : `${failed} of ${nodes.length} nodes did not report, or are red.`,
  );
  return red.end || failed > 0 ? 1 : 0;
}

async function usablePort(asked: string | undefined): Promise<number> {
  const port = asked === undefined ? DEFAULT_PORT : Number(asked);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(`--port: ${asked} is not valid, expected a whole number from 1 to 65535`);
  }
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === 'EADDRINUSE' ? 'is taken, perhaps by a Node-RED of yours' : `cannot be used (${code})`;
    throw new Error(
      `Port ${port} ${why}. Choose another: npm run demo -- --port ${port < 65_535 ? port + 1 : DEFAULT_PORT}`,
    );
  }
  server.close();
  return port;
}

/** Aborted by Ctrl-C, a closed terminal or a polite kill, from the first moment on: whatever has begun is cleaned up then. */
function abortOnSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => controller.abort());
  return controller.signal;
}

function explain(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOSPC') return 'There is no space left on the disk for a throw-away user folder.';
  return error.name === 'AbortError' ? 'Stopped.' : error.message;
}

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(explain(error));
    process.exit(1);
  },
);
