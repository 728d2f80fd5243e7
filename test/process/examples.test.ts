import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../tools/node-red/cell';
import { type FlowNode, type NodeRed, type Report, startNodeRed } from '../../tools/node-red/start';
import { manifest } from '../support/package';

/** What single examples need beyond being deployed. */
interface Needs {
  /** Inject nodes to press; all of them by default. */
  press?: readonly string[];
  /** Errors that belong to it. */
  errors?: RegExp;
}

const NEEDS: Record<string, Needs> = {
  // One heap snapshot at a time: the second button is for when the first has answered.
  'memory-census-retainers': { press: ['hr-why-heap'] },
  // Its button asks for the run before, which a fresh file does not have.
  'memory-blackbox': { press: [] },
  // Its script runs only when started: until then the node that looks for it says that it is not there.
  'memory-sample-python': { press: [], errors: /no process named/ },
  'leak-watch-python': { press: [], errors: /no process named/ },
  // Its jobs would still wait when the next example is deployed, and each be told so by an error.
  'memory-scope-two-at-a-time': { press: [] },
};

const LIBRARY = `library/examples/flows/@headroom/node-red-memory`;
const OURS = new Set(Object.keys(manifest['node-red'].nodes));
const examples = readdirSync(join(ROOT, 'examples'))
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -'.json'.length));

describe('the examples', function () {
  this.timeout(120_000);
  let red: NodeRed;

  before(async () => {
    red = await startNodeRed({ flows: [{ id: 'empty', type: 'tab', label: 'empty' }], observe: ['*'] });
  });

  after(() => red?.stop());

  for (const name of examples) {
    it(`${name} is offered for import, deploys without an error, and its nodes report`, async () => {
      const response = await fetch(`${red.url}/${LIBRARY}/${name}`);
      assert.equal(response.status, 200);
      const flow = (await response.json()) as FlowNode[];
      assert.deepEqual(flow, JSON.parse(readFileSync(join(ROOT, 'examples', `${name}.json`), 'utf8')));

      const { press = injectsOf(flow), errors } = NEEDS[name] ?? {};
      const ours = flow.filter(({ type, z, wires }) => OURS.has(type) && z && Array.isArray(wires));
      assert(ours.length > 0, 'an example shows at least one of our nodes');
      const from = red.reports.length;
      const logged = red.log.length;
      await red.deploy(flow);
      for (const id of press) await red.inject(id);
      const ids = new Set(ours.map(({ id }) => id));
      await red.until((report) => reportsOf(report, ids), 20_000, from);
      assert.deepEqual(
        red.log
          .slice(logged)
          .filter((line) => /\[(error|fatal)\]|missing types/i.test(line) && !errors?.test(line)),
        [],
      );
    });
  }
});

function injectsOf(flow: readonly FlowNode[]): string[] {
  return flow.filter(({ type, d }) => type === 'inject' && d !== true).map(({ id }) => id);
}

/** A message from one of these nodes, or a status that says something. */
function reportsOf(report: Report, ids: ReadonlySet<string>): boolean {
  if (report.kind === 'message') return ids.has(report.id);
  return report.kind === 'status' && ids.has(report.id) && Boolean(report.status.text);
}
