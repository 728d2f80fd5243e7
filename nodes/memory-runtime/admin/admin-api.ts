import type { NodeAPI } from 'node-red';
import { headroomLevel } from '../../shared/headroom-status';
import { Instruments } from './instruments';
import { reportOf } from './report';
import { censusRequest, collectRequest, lookRequest, nothing, profileRequest } from './requests';
import { route, serve } from './route';

/** Serves the admin API, as `docs/openapi.yaml` describes it. */
export function serveAdminApi(RED: NodeAPI): void {
  const { httpAdmin } = RED as Partial<NodeAPI>;
  if (!httpAdmin) return; // tests without an admin server
  const instruments = new Instruments(RED);
  const { view, profile } = instruments;

  const routes = [
    route({
      method: 'get',
      path: '/headroom/state',
      permission: 'memory.read',
      request: lookRequest,
      answer(request) {
        const look = view.look(request, profile.figures);
        return { ...look, level: headroomLevel(look.state.sample.headroom) };
      },
    }),
    route({
      method: 'post',
      path: '/headroom/collect',
      permission: 'memory.write',
      request: collectRequest,
      answer: ({ kind }) => instruments.collect(kind),
    }),
    route({
      method: 'get',
      path: '/headroom/profile',
      permission: 'memory.read',
      request: nothing,
      answer: () => profile.figures,
    }),
    route({
      method: 'post',
      path: '/headroom/profile',
      permission: 'memory.write',
      request: profileRequest,
      async answer({ action, ...options }) {
        if (action === 'start') return profile.start(options);
        await profile.stop();
        return profile.figures;
      },
    }),
    route({
      method: 'post',
      path: '/headroom/census',
      permission: 'memory.write',
      request: censusRequest,
      answer: (request) => instruments.census(request),
    }),
    route({
      method: 'get',
      path: '/headroom/report',
      permission: 'memory.read',
      request: nothing,
      answer: () => reportOf(RED, instruments),
    }),
  ];
  for (const each of routes) serve(RED, each);
}
