import type { NodeAPI } from 'node-red';
import {
  type Config,
  describeProblem,
  ProfilerBusy,
  ProfileUnderWay,
  SamplerTaken,
  SamplerUnavailable,
} from '../../../src';

type Permission = 'memory.read' | 'memory.write';

/** A route of the admin API. What reads is GET, what makes the process do something is POST. */
export interface Route<C> {
  method: 'get' | 'post';
  path: string;
  permission: Permission;
  request: Config<C>;
  answer(request: C): unknown;
}

/** Declares a route, for its request's type. */
export function route<C extends object>(declared: Route<C>): Route<never> {
  return declared as unknown as Route<never>;
}

/** Node-RED's answer to a missing permission is 401; a bad parameter is 400 with field, value and what is expected. */
export function serve(RED: NodeAPI, { method, path, permission, request, answer }: Route<never>): void {
  RED.httpAdmin[method](path, RED.auth.needsPermission(permission), async (req, res) => {
    res.set('cache-control', 'no-store');
    const given: unknown = method === 'get' ? req.query : req.body;
    const { config, problems } = request.parse(Object(given) as Record<string, unknown>);
    if (config === null) {
      res.status(400).json({ error: problems.map(describeProblem).join('; '), problems });
      return;
    }
    try {
      res.json(await answer(config));
    } catch (error) {
      const shown = error instanceof Error ? error : new Error(String(error));
      res.status(statusOf(shown)).json({ error: shown.message });
    }
  });
}

function statusOf(error: Error): number {
  const conflicts = [ProfilerBusy, ProfileUnderWay, SamplerTaken];
  if (conflicts.some((type) => error instanceof type)) return 409;
  return error instanceof SamplerUnavailable ? 501 : 500;
}
