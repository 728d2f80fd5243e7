import type { Config } from '../../../src/config';
import { editorDefaults } from './defaults';
import { openForm } from './form';
import type { EditorNode, NodeTypeDefinition, PropertyDefault } from './red';
import { tryRow } from './try-example';

/** What a node type adds to what all share. */
export interface RegisterOptions<C extends object> extends Partial<Omit<NodeTypeDefinition, 'defaults'>> {
  /** What a new node starts with where the config's default alone would not do. */
  fresh?: Partial<C>;
  /** Sets up widgets before the form comes to life. */
  prepare?(this: EditorNode): void;
  /** Properties that are no config fields, for instance a config node's reference. */
  extra?: NodeTypeDefinition['defaults'];
}

const PALETTE_COLOUR = '#7cc5ac';

/** Registers a node type in the editor: palette, defaults and form, all from its config. */
export function registerNode<C extends object>(
  type: string,
  config: Config<C>,
  options: RegisterOptions<C> = {},
): void {
  const { fresh, prepare, extra, ...definition } = options;
  const isConfig = definition.category === 'config';
  let form: ReturnType<typeof openForm> | null = null;

  RED.nodes.registerType(type, {
    category: 'memory',
    color: PALETTE_COLOUR,
    inputs: isConfig ? 0 : 1,
    outputs: isConfig ? 0 : 1,
    icon: `${type}.svg`,
    paletteLabel: type.replace(/^memory-/, ''),
    label() {
      return this.name || type;
    },
    labelStyle() {
      return this.name ? 'node_label_italic' : '';
    },
    ...definition,
    defaults: { ...editorDefaults(config, fresh), ...extra },
    oneditprepare() {
      prepare?.call(this);
      if (!isConfig)
        for (const [name, reference] of Object.entries(extra ?? {})) chooseOnly(this, name, reference);
      form = openForm(this, config, {
        prefix: isConfig ? 'node-config-input' : 'node-input',
        except: Object.keys(extra ?? {}),
      });
      form.element?.append(tryRow(type));
    },
    oneditsave() {
      form?.save();
      form = null;
    },
    oneditcancel() {
      form?.close();
      form = null;
    },
  });
}

/** A node that needs a config node, and has none yet, takes it where there is but one. */
function chooseOnly(node: EditorNode, name: string, { type, required }: PropertyDefault): void {
  const select = document.getElementById(`node-input-${name}`);
  if (!type || !required || node[name] || !(select instanceof HTMLSelectElement)) return;
  const ids = [...select.options].map(({ value }) => value).filter((id) => RED.nodes.node(id)?.type === type);
  if (ids[0] !== undefined && ids.length === 1) select.value = ids[0];
}
