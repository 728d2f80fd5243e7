import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../tools/node-red/cell';

const read = (...path: string[]): string => readFileSync(join(ROOT, ...path), 'utf8');

/** `GET /headroom/state memory.read`, as the routes are declared. */
function declared(): string[] {
  const routes = read('nodes', 'memory-runtime', 'admin', 'admin-api.ts').matchAll(
    /method: '(\w+)',\s+path: '([^']+)',\s+permission: '([^']+)'/g,
  );
  return [...routes].map(
    ([, method = '', path, permission]) => `${method.toUpperCase()} ${path} ${permission}`,
  );
}

/** The same, as the description has them: paths at two spaces, methods at four. */
function described(): string[] {
  const found: string[] = [];
  let path = '';
  let method = '';
  for (const line of read('docs', 'openapi.yaml').split('\n')) {
    path = /^ {2}(\/\S+):$/.exec(line)?.[1] ?? path;
    method = /^ {4}(get|post|put|delete):$/.exec(line)?.[1]?.toUpperCase() ?? method;
    const permission = /Needs `(memory\.\w+)`/.exec(line)?.[1];
    if (permission) found.push(`${method} ${path} ${permission}`);
  }
  return found;
}

describe('the admin API', () => {
  it('is described whole: each route with its method and permission, in openapi.yaml and in api.md', () => {
    assert.ok(declared().length >= 6);
    assert.deepEqual(described().sort(), declared().sort());
    const table = read('docs', 'api.md').matchAll(/^\| `(\w+ \S+)` \| `(memory\.\w+)` \|/gm);
    assert.deepEqual(
      [...table].map(([, route, permission]) => `${route} ${permission}`).sort(),
      declared().sort(),
    );
  });
});
