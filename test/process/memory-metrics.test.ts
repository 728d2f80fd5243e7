import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../tools/node-red/cell';
import { type FlowNode, freePort, type NodeRed, startNodeRed } from '../../tools/node-red/start';
import { adminAuth, logIn } from '../support/admin-users';

const TAB: FlowNode = { id: 'tab', type: 'tab', label: 'metrics' };
const METRICS: FlowNode = { id: 'metrics', type: 'memory-metrics', z: 'tab', x: 1, y: 1, wires: [] };

describe('memory-metrics in a running Node-RED', function () {
  this.timeout(120_000);
  let red: NodeRed;

  afterEach(() => red?.stop());

  it('is scraped by a real Prometheus, labels and environment and all', async () => {
    const labels = { site: 'Plant "A"', host: `\${${'GATEWAY'}}` };
    red = await startNodeRed({
      flows: [TAB, { ...METRICS, root: 'node', labels }],
      env: { GATEWAY: 'gw-17' },
    });
    const prometheus = await Prometheus.start(red.port);
    try {
      const [series] = await prometheus.until('headroom_nearest_bytes');
      assert.deepEqual([series?.metric.site, series?.metric.host], ['Plant "A"', 'gw-17']);
      assert(Number(series?.value[1]) > 0);
      const spaces = await prometheus.until('v8js_memory_heap_used_bytes');
      assert(spaces.some(({ metric }) => metric.v8js_heap_space_name === 'old_space'));
    } finally {
      await prometheus.stop();
    }
    assert.match(red.status('metrics')?.text ?? '', /scraped/);
  });

  it('answers only whom adminAuth lets read', async () => {
    const users = adminAuth({ reader: 'memory.read', flows: ['flows.read', 'flows.write'] });
    red = await startNodeRed({ flows: [TAB, METRICS], settings: { adminAuth: users } });
    const url = `${red.url}/metrics`;
    const as = async (username: string): Promise<number> =>
      (await fetch(url, { headers: await logIn(red, username) })).status;
    assert.equal((await fetch(url)).status, 401);
    assert.equal(await as('flows'), 401);
    assert.equal(await as('reader'), 200);
  });

  it('survives twenty redeploys, refuses a path that is taken, and goes with its node', async () => {
    const other: FlowNode = { ...METRICS, id: 'other' };
    red = await startNodeRed({ flows: [TAB, METRICS] });
    for (let round = 0; round < 20; round += 1) {
      await red.deploy([TAB, { ...METRICS, name: `round ${round}` }], round % 2 ? 'nodes' : 'full');
      assert.equal((await fetch(`${red.url}/metrics`)).status, 200);
    }
    await red.deploy([TAB, METRICS, other]);
    await red.until(
      (report) => report.kind === 'status' && /path: \/metrics is taken/.test(report.status.text ?? ''),
    );
    await red.deploy([TAB]);
    assert.equal((await fetch(`${red.url}/metrics`)).status, 404);
  });

  it('says what to install when the packages for the push are missing', async () => {
    red = await startNodeRed({ flows: [TAB, { ...METRICS, otlpUrl: 'http://127.0.0.1:9/v1/metrics' }] });
    await red.until((report) => report.kind === 'status' && /^otlpUrl: /.test(report.status.text ?? ''));
    assert(red.log.some((line) => line.includes('npm install @opentelemetry/sdk-metrics@2')));
  });
});

describe('the files for Prometheus', () => {
  const promtool = (...args: string[]): string =>
    execFileSync('promtool', args, { encoding: 'utf8', stdio: 'pipe' });

  before(function () {
    if (!Prometheus.installed()) this.skip();
  });

  it('are alert rules that promtool accepts', () => {
    assert.match(
      promtool('check', 'rules', join(ROOT, 'examples/prometheus/headroom-alerts.yml')),
      /SUCCESS/,
    );
  });
});

interface Series {
  metric: Record<string, string>;
  value: [number, string];
}

/** A real Prometheus that scrapes one Node-RED every second. */
class Prometheus {
  private constructor(
    readonly url: string,
    readonly folder: string,
    readonly child: ReturnType<typeof spawn>,
  ) {}

  static installed(): boolean {
    try {
      execFileSync('promtool', ['--version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  }

  static async start(target: number): Promise<Prometheus> {
    const folder = mkdtempSync(join(tmpdir(), 'headroom-prometheus-'));
    const file = join(folder, 'prometheus.yml');
    writeFileSync(
      file,
      [
        'global: { scrape_interval: 1s }',
        `rule_files: [${JSON.stringify(join(ROOT, 'examples/prometheus/headroom-alerts.yml'))}]`,
        `scrape_configs: [{ job_name: gateways, static_configs: [{ targets: ['127.0.0.1:${target}'] }] }]`,
      ].join('\n'),
    );
    const port = await freePort();
    const child = spawn(
      'prometheus',
      [
        `--config.file=${file}`,
        `--storage.tsdb.path=${folder}/data`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: 'ignore' },
    );
    return new Prometheus(`http://127.0.0.1:${port}`, folder, child);
  }

  /** The series that a query finds, as soon as there are some. */
  async until(query: string): Promise<Series[]> {
    const until = Date.now() + 30_000;
    while (Date.now() < until) {
      const answer = await fetch(`${this.url}/api/v1/query?query=${encodeURIComponent(query)}`).catch(
        () => null,
      );
      const found = answer?.ok ? ((await answer.json()) as { data: { result: Series[] } }).data.result : [];
      if (found.length > 0) return found;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error(`Prometheus found nothing for ${query} in 30 s`);
  }

  async stop(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await gone;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
