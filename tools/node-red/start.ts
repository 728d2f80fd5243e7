import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type Cell, currentCell } from './cell';
import { makeUserFolder } from './user-folder';

export type FlowNode = { id: string; type: string; [property: string]: unknown };

export type Report =
  | { kind: 'message'; id: string; port: number; msg: Record<string, unknown> & { payload?: unknown } }
  | { kind: 'status'; id: string; status: { fill?: string; shape?: string; text?: string } }
  | { kind: 'started' }
  | { kind: 'answer'; ticket: number; answer: unknown };

export interface StartOptions {
  flows: FlowNode[];
  /** Ids of nodes whose messages are reported; `*` for all. None: no hook is installed. */
  observe?: string[];
  cell?: Cell;
  /** For Node.js itself: `--max-old-space-size=96`. */
  nodeArgs?: string[];
  env?: Record<string, string>;
  /** Added to settings.js. */
  settings?: Record<string, unknown>;
  /** A fixed port; otherwise any free one. */
  port?: number;
  /** Command and arguments put before Node.js, to start it in a limit: `['sh', '-c', '…; exec "$0" "$@"']`. */
  launcher?: string[];
  /** Leaves the package out of the user folder, for tests that install it later. */
  bare?: boolean;
  /** A user folder of an earlier run, to start again in; it is kept at the end. Default: a new one. */
  userDir?: string;
  /** How long a start may take, in ms. Default 60,000. */
  startTimeoutMs?: number;
  /** Gives up the start; what had begun is cleaned up. */
  signal?: AbortSignal;
}

/**
 * Starts a real Node-RED, with the packed package installed unless `bare`, and resolves once its flows have started.
 * Rejects with the end of its log when it dies or hangs before.
 */
export async function startNodeRed(options: StartOptions): Promise<NodeRed> {
  const cell = options.cell ?? currentCell();
  const userDir = options.userDir ?? (await makeUserFolder(options));
  const port = options.port ?? (await freePort());
  writeFileSync(join(userDir, 'flows.json'), JSON.stringify(options.flows));
  const command = [
    ...(options.launcher ?? []),
    cell.node,
    ...(options.nodeArgs ?? []),
    join(cell.nodeRed, 'red.js'),
    ...['--userDir', userDir, '--port', String(port), '--settings', join(__dirname, 'settings.js')],
  ];
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
    env: {
      ...process.env,
      ...options.env,
      HEADROOM_OBSERVE: (options.observe ?? []).join(','),
      HEADROOM_SETTINGS: JSON.stringify(options.settings ?? {}),
    },
  });
  const red = new NodeRed(child, userDir, port, options.userDir !== undefined);
  const abort = (): boolean => child.kill();
  options.signal?.addEventListener('abort', abort, { once: true });
  try {
    options.signal?.throwIfAborted();
    await red.until(({ kind }) => kind === 'started', options.startTimeoutMs ?? 60_000);
  } catch (error) {
    await red.stop();
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', abort);
  }
  return red;
}

/** A running Node-RED and what it reported so far. */
export class NodeRed {
  readonly reports: Report[] = [];
  /** The last lines of its log. */
  readonly log: string[] = [];
  /** How it ended, once it has. */
  end: { code: number | null; signal: NodeJS.Signals | null } | null = null;
  readonly #watchers = new Set<() => void>();
  #ticket = 0;

  constructor(
    readonly child: ChildProcess,
    readonly userDir: string,
    readonly port: number,
    private readonly keep = false,
  ) {
    child.on('message', (report: Report) => {
      this.reports.push(report);
      this.#wake();
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.log.push(...text.split('\n').filter((line) => line.trim() !== ''));
        if (this.log.length > 500) this.log.splice(0, this.log.length - 500);
      });
    }
    child.once('exit', (code, signal) => {
      this.end = { code, signal };
      this.#wake();
    });
    child.once('error', (error) => {
      this.log.push(String(error));
      this.end ??= { code: null, signal: null };
      this.#wake();
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** The messages that a node has sent, oldest first. */
  messages(id: string, port = 0): Record<string, unknown>[] {
    return this.reports.flatMap((report) =>
      report.kind === 'message' && report.id === id && report.port === port ? [report.msg] : [],
    );
  }

  /** The last status of a node. */
  status(id: string): { fill?: string; shape?: string; text?: string } | undefined {
    return this.reports
      .flatMap((report) => (report.kind === 'status' && report.id === id ? [report.status] : []))
      .at(-1);
  }

  /** The first report that fits, from those to come or those that came. */
  async until<R extends Report>(fits: (report: Report) => boolean, timeoutMs = 20_000, from = 0): Promise<R> {
    return this.#wait((reports) => reports.slice(from).find(fits) as R | undefined, timeoutMs);
  }

  /** Resolves with a node's messages as soon as there are `count` of them. */
  async untilMessages(
    id: string,
    count: number,
    timeoutMs = 20_000,
    port = 0,
  ): Promise<Record<string, unknown>[]> {
    return this.#wait(() => {
      const messages = this.messages(id, port);
      return messages.length >= count ? messages : undefined;
    }, timeoutMs);
  }

  /** Asks the harness inside for its counts, or to write a `harness.heapsnapshot` into the user folder. */
  async ask<T>(what: 'resources' | 'memory' | 'cpu' | 'pauses' | 'routes' | 'snapshot'): Promise<T> {
    this.#ticket += 1;
    const ticket = this.#ticket;
    this.child.send({ ask: what, ticket });
    const report = await this.until<Extract<Report, { kind: 'answer' }>>(
      (candidate) => candidate.kind === 'answer' && candidate.ticket === ticket,
    );
    return report.answer as T;
  }

  /** Deploys flows over the admin API and resolves when they have started. */
  async deploy(flows: FlowNode[], type: 'full' | 'flows' | 'nodes' = 'full'): Promise<void> {
    const from = this.reports.length;
    const response = await fetch(`${this.url}/flows`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'node-red-deployment-type': type },
      body: JSON.stringify(flows),
    });
    if (!response.ok) throw new Error(`deploy answered ${response.status}: ${await response.text()}`);
    await this.until(({ kind }) => kind === 'started', 30_000, from);
  }

  /** Presses the button of an inject node. */
  async inject(id: string): Promise<void> {
    const response = await fetch(`${this.url}/inject/${id}`, { method: 'POST' });
    if (!response.ok) throw new Error(`inject ${id} answered ${response.status}`);
  }

  /** Ends it, and removes its user folder, but for one that was handed in. */
  async stop(): Promise<void> {
    if (!this.end && this.child.pid !== undefined) {
      const gone = once(this.child, 'exit');
      this.child.kill('SIGTERM');
      const force = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
      await gone;
      clearTimeout(force);
    }
    if (!this.keep) rmSync(this.userDir, { recursive: true, force: true, maxRetries: 5 });
  }

  #wake(): void {
    for (const watcher of this.#watchers) watcher();
  }

  #wait<T>(look: (reports: readonly Report[]) => T | undefined, timeoutMs: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        this.#watchers.delete(watcher);
        settle();
      };
      const watcher = (): void => {
        const found = look(this.reports);
        if (found !== undefined) finish(() => resolve(found));
        else if (this.end)
          finish(() =>
            reject(this.#error(`ended (${this.end?.signal ?? this.end?.code ?? 'it did not start'})`)),
          );
      };
      const timer = setTimeout(
        () => finish(() => reject(this.#error(`did not answer in ${timeoutMs} ms`))),
        timeoutMs,
      );
      this.#watchers.add(watcher);
      watcher();
    });
  }

  #error(what: string): Error {
    return new Error(`Node-RED ${what}. Its log ends:\n${this.log.slice(-20).join('\n')}`);
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
