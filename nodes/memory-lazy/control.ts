import type { NodeMessage } from 'node-red';
import { ConfigError } from '../../src';

const CONTROLS = ['pause', 'resume', 'stop'] as const;

/** The command in `msg.control`, null without one. Throws a ConfigError for a word that is no command. */
export function controlOf(msg: NodeMessage): (typeof CONTROLS)[number] | null {
  const { control } = msg as { control?: unknown };
  if (control === undefined) return null;
  const command = CONTROLS.find((word) => word === control);
  if (command) return command;
  throw new ConfigError([{ field: 'control', value: control, expected: `one of ${CONTROLS.join(', ')}` }]);
}
