import type { NodeAPI } from 'node-red';

type Application = NodeAPI['httpAdmin'];
type Handler = ReturnType<NodeAPI['auth']['needsPermission']>;

interface Layer {
  route?: { path: unknown; methods: Record<string, boolean> };
}

/** Express 4 keeps its routes in `_router`, once there are some, Express 5 in `router`. */
function stackOf(app: Application): Layer[] {
  const { _router } = app as unknown as { _router?: { stack: Layer[] } };
  return (_router ?? (app as unknown as { router: { stack: Layer[] } }).router).stack;
}

/**
 * Answers GET requests for a path until the returned function is called. Throws where another node answers there
 * already: whoever came first would get all requests.
 */
export function serve(app: Application, path: string, ...handlers: Handler[]): () => void {
  app.get(path, ...handlers);
  const stack = stackOf(app);
  const ours = stack.at(-1);
  const close = (): void => {
    const at = ours ? stack.indexOf(ours) : -1;
    if (at >= 0) stack.splice(at, 1);
  };
  if (stack.some((layer) => layer !== ours && layer.route?.path === path && layer.route.methods.get)) {
    close();
    throw new TypeError(`path: ${path} is taken by another node, expected one that nobody else answers`);
  }
  return close;
}
