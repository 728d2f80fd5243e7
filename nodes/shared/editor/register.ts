import type { Config } from '../../../src/config';
import { editorDefaults } from './defaults';
import { openForm } from './form';
import type { EditorNode, NodeTypeDefinition } from './red';
import { tryRow } from './try-example';

/** What a node type adds to what all share. */
export interface RegisterOptions extends Partial<Omit<NodeTypeDefinition, 'defaults'>> {
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
  options: RegisterOptions = {},
): void {
  const { prepare, extra, ...definition } = options;
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
    defaults: { ...editorDefaults(config), ...extra },
    oneditprepare() {
      prepare?.call(this);
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
