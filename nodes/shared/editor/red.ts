/** The part of Node-RED's editor API that the forms use. */
export interface EditorNode {
  id: string;
  name?: string;
  [property: string]: unknown;
}

export interface PropertyDefault {
  value: unknown;
  type?: string;
  required?: boolean;
  /** Two parameters, or Node-RED takes a returned text for "valid". */
  validate?(this: EditorNode, value: unknown, options: unknown): true | string;
}

export interface NodeTypeDefinition {
  category: string;
  color?: string;
  defaults: Record<string, PropertyDefault>;
  inputs?: number;
  outputs?: number;
  outputLabels?: string | string[] | ((this: EditorNode, index: number) => string);
  icon?: string;
  paletteLabel?: string;
  label: string | ((this: EditorNode) => string);
  labelStyle?: (this: EditorNode) => string;
  button?: { enabled?(this: EditorNode): boolean; onclick(this: EditorNode): void };
  oneditprepare?(this: EditorNode): void;
  oneditsave?(this: EditorNode): void;
  oneditcancel?(this: EditorNode): void;
  oneditresize?(this: EditorNode, size: { width: number; height: number }): void;
}

/** What an editable list is made of; containers are jQuery's. */
interface ListOptions {
  addItem(container: Iterable<HTMLElement>, index: number, row: object): void;
  removeItem?(row: object): void;
  sortItems?(): void;
  removable?: boolean;
  sortable?: boolean;
  addButton?: string;
  height?: string | number;
}

interface Query {
  editableList(options: ListOptions): Query;
  editableList(method: 'addItem', row: object): void;
  editableList(method: 'empty'): void;
  typedInput(options: { types: readonly unknown[]; typeField?: string; default?: string }): Query;
  typedInput(method: 'type' | 'value' | 'types', argument?: unknown): unknown;
  on(event: string, listener: () => void): Query;
  trigger(event: string): Query;
}

interface Answer {
  done(listener: (body: Record<string, unknown>) => void): Answer;
  fail(listener: (failure: { status: number }) => void): Answer;
}

declare global {
  const RED: {
    nodes: {
      registerType(type: string, definition: NodeTypeDefinition): void;
      node(id: string): { type: string } | null | undefined;
    };
    actions: { invoke(action: string): void };
    notify(message: string, options?: unknown): void;
    _(key: string, values?: Record<string, unknown>): string;
  };
  const $: ((target: string | Element) => Query) & {
    /** Sends the editor's access token along, as `fetch` would not. */
    ajax(request: { url: string; type: string }): Answer;
  };
}
