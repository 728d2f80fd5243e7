import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import fc from 'fast-check';
import { config } from '../../nodes/memory-metrics/config';
import { serve } from '../../nodes/memory-metrics/route';
import { describeProblem } from '../../src';

function problem(raw: Record<string, unknown>): string {
  const { problems } = config.parse(raw);
  return problems.map(describeProblem).join('; ');
}

describe('memory-metrics: its labels', () => {
  it('are read from one name=value a line, and from an object', () => {
    const labels = { site: 'plant 1', line: '3' };
    assert.deepEqual(config.parseOrThrow({ labels: 'site = plant 1\n\nline=3' }).labels, labels);
    assert.deepEqual(config.parseOrThrow({ labels: { site: 'plant 1', line: 3 } }).labels, labels);
    assert.deepEqual(config.parseOrThrow({}).labels, {});
  });

  it('come back from the form as they were, quotes and line breaks too', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9_]{3,9}x$/);
    fc.assert(
      fc.property(fc.dictionary(name, fc.string({ maxLength: 50 }), { maxKeys: 5 }), (raw) => {
        const labels = Object.fromEntries(Object.entries(raw).map(([key, text]) => [key, text.trim()]));
        const shown = config.fields.labels.format(labels);
        assert.deepEqual({ ...config.parseOrThrow({ labels: shown }).labels }, { ...labels });
      }),
    );
  });

  it('are refused by name when Prometheus or our metrics cannot have them', () => {
    assert.match(problem({ labels: '1st=x' }), /^labels: .*letters, digits and _ instead of 1st/);
    assert.match(problem({ labels: '__name__=x' }), /instead of __name__/);
    assert.match(problem({ labels: { limit: 'x' } }), /another name than limit/);
    assert.match(problem({ labels: 'a=1\na=2' }), /a is there twice/);
    assert.match(problem({ labels: 'no value' }), /one name=value a line/);
    assert.match(problem({ labels: { a: {} } }), /one name=value a line/);
    assert.match(problem({ labels: { a: 'x'.repeat(201) } }), /at most 200 characters for a/);
  });
});

describe('memory-metrics: its addresses', () => {
  it('take plain paths and http addresses, and name what is wrong', () => {
    assert.equal(config.parseOrThrow({ path: '/gateway/metrics' }).path, '/gateway/metrics');
    for (const path of ['metrics', '/', '/a/../b', '/a b', '/:id', '/*']) {
      assert.match(problem({ path }), /^path: .* expected a path such as \/metrics/, path);
    }
    assert.match(problem({ otlpUrl: 'collector:4318' }), /^otlpUrl: "collector:4318" is not valid/);
    assert.match(problem({ otlpIntervalMs: 10 }), /^otlpIntervalMs: 10 is not valid/);
  });
});

describe('memory-metrics: its route', () => {
  const app = express();
  let server: Server;

  before(async () => {
    server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  after(() => server.close());

  async function get(path: string): Promise<number> {
    const { port } = server.address() as AddressInfo;
    return (await fetch(`http://127.0.0.1:${port}${path}`)).status;
  }

  it('answers until it is closed, and can be opened again', async () => {
    const close = serve(app, '/metrics', (_request, response) => response.send('ok'));
    assert.equal(await get('/metrics'), 200);
    close();
    close();
    assert.equal(await get('/metrics'), 404);
    serve(app, '/metrics', (_request, response) => response.send('ok'))();
  });

  it('is refused where another answers already', () => {
    const close = serve(app, '/taken', (_request, response) => response.send('ok'));
    assert.throws(() => serve(app, '/taken', () => {}), /^TypeError: path: \/taken is taken by another node/);
    close();
  });
});
