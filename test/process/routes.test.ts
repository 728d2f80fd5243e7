import assert from 'node:assert/strict';
import { type FlowNode, type NodeRed, startNodeRed } from '../../tools/node-red/start';
import { adminAuth, logIn } from '../support/admin-users';
import { manifest } from '../support/package';

interface Route {
  root: 'admin' | 'node';
  method: string;
  path: string;
}

/** One node of each type as it comes from the palette, so that each has added the routes it adds. */
const FLOWS: FlowNode[] = [
  { id: 'tab', type: 'tab', label: 'routes' },
  ...Object.keys(manifest['node-red'].nodes).map((type) => ({
    ...{ id: `a-${type}`, type, z: 'tab', x: 1, y: 1, wires: [] },
  })),
];

const nameOf = ({ root, method, path }: Route): string => `${root} ${method} ${path}`;

describe('the HTTP routes of the package', function () {
  this.timeout(120_000);
  let red: NodeRed | undefined;
  let ours: Route[];

  before(async () => {
    const bare = await startNodeRed({ flows: [{ id: 'tab', type: 'tab', label: 'bare' }], bare: true });
    const cores = new Set((await bare.ask<Route[]>('routes')).map(nameOf));
    await bare.stop();
    const users = adminAuth({ owner: '*', reader: 'memory.read', editor: ['flows.read', 'flows.write'] });
    red = await startNodeRed({ flows: FLOWS, settings: { adminAuth: users } });
    ours = (await red.ask<Route[]>('routes')).filter((route) => !cores.has(nameOf(route)));
  });

  after(() => red?.stop());

  async function status(running: NodeRed, { method, path }: Route, headers: object): Promise<number> {
    const url = running.url + path.replace(':id', 'a-memory-profile');
    const body = method === 'post' ? { body: JSON.stringify({ action: 'stop' }) } : {};
    const answer = await fetch(url, {
      ...{ method: method.toUpperCase(), ...body },
      headers: { 'content-type': 'application/json', ...headers },
    });
    await answer.arrayBuffer();
    return answer.status;
  }

  it('are all below the admin root, plain GET and POST', () => {
    assert.deepEqual(
      ours.filter(({ root, method }) => root !== 'admin' || (method !== 'get' && method !== 'post')),
      [],
    );
    const paths = new Set(ours.map(({ path }) => path));
    for (const path of ['/headroom/state', '/headroom/memory-profile/:id', '/metrics'])
      assert(paths.has(path));
  });

  it('each refuses strangers and users without the permission, and what acts refuses those who may only read', async () => {
    assert(red);
    const [owner, reader, editor] = await Promise.all([
      logIn(red, 'owner'),
      logIn(red, 'reader'),
      logIn(red, 'editor'),
    ]);
    const open: string[] = [];
    for (const route of ours) {
      if ((await status(red, route, {})) !== 401) open.push(`${nameOf(route)} to strangers`);
      if ((await status(red, route, editor)) !== 401) open.push(`${nameOf(route)} without memory.read`);
      const asReader = await status(red, route, reader);
      if ((asReader !== 401) !== (route.method === 'get'))
        open.push(`${nameOf(route)} to readers: ${asReader}`);
      const asOwner = await status(red, route, owner);
      if (asOwner >= 400) open.push(`${nameOf(route)} is shut to the owner: ${asOwner}`);
    }
    assert.deepEqual(open, []);
  });
});
