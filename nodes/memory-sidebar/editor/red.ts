import type { Look } from '../../../src/report/shape';

/** What the runtime tells with each look, and how urgent the headroom is. */
export type Seen = Look & { level: Level };
export type Level = 'fine' | 'watch' | 'act' | 'working' | 'idle';

export interface CanvasNode {
  id: string;
  z?: string;
  dirty?: boolean;
  _def?: { category?: string };
}

export interface AjaxFailure {
  status: number;
  responseJSON?: { error?: string };
}

interface Request extends PromiseLike<unknown> {
  abort(): void;
}

/** The part of Node-RED's editor API that the tab uses. */
interface SidebarRed {
  _(key: string, values?: Record<string, unknown>): string;
  plugins: { registerPlugin(id: string, definition: { onadd?(): void }): void };
  actions: { add(id: string, run: () => void, options?: { label: string }): void };
  sidebar: {
    addTab(tab: {
      id: string;
      label: string;
      name: string;
      iconClass: string;
      content: HTMLElement;
      enableOnEdit: boolean;
      action: string;
    }): void;
    show(id: string): void;
    config: { show(id: string): void };
  };
  user: { hasPermission(permission: string): boolean };
  settings: { getLocal(key: string): unknown; setLocal(key: string, value: unknown): void };
  nodes: {
    node(id: string): CanvasNode | null | undefined;
    workspace(id: string): object | undefined;
    subflow(id: string): object | undefined;
  };
  workspaces: { show(id: string): void };
  view: {
    reveal(id: string): void;
    select(selection: { nodes: CanvasNode[] }): void;
    redraw(): void;
    getActiveNodes(): CanvasNode[];
    annotations: {
      register(id: string, options: BadgeOptions): void;
      unregister(id: string): void;
    };
  };
}

export interface BadgeOptions {
  type: 'badge';
  class: string;
  element(node: CanvasNode): SVGElement;
  show(node: CanvasNode): boolean;
  refresh(node: CanvasNode): boolean;
}

interface Page {
  RED: SidebarRed;
  $: { ajax(options: object): Request };
}

const page = globalThis as unknown as Page;

export const editor = page.RED;

/** A request as the editor makes them: below its own root, with the user's token. */
export function ask(method: 'GET' | 'POST', url: string, body?: object): Request {
  const options = body ? { contentType: 'application/json', data: JSON.stringify(body) } : {};
  return page.$.ajax({ method, url: `headroom/${url}`, dataType: 'json', ...options });
}

const NAMESPACE = '@headroom/node-red-memory/memory-sidebar:';

/** Words without figures in them: looked up once, not for every cell of a table every second. */
const known = new Map<string, string>();

/** The words of this plugin. */
export const words = {
  _(key: string, values?: Record<string, unknown>): string {
    if (values) return editor._(NAMESPACE + key, values);
    let word = known.get(key);
    if (word === undefined) {
      word = editor._(NAMESPACE + key);
      known.set(key, word);
    }
    return word;
  },
};
