import type { NodeMessage } from 'node-red';

/**
 * The command a message brings in `msg.control`, null without one.
 * @throws TypeError for a word that is no command
 */
export function commandOf<const C extends string>(msg: NodeMessage, commands: readonly C[]): C | null {
  const { control } = msg as { control?: unknown };
  if (control === undefined) return null;
  const command = commands.find((word) => word === control);
  if (command) return command;
  throw new TypeError(`control: ${String(control)} is not valid, expected one of ${commands.join(', ')}`);
}

/** The answer to a command is none: nodes behind would obey it again. */
export function withoutCommand(msg: NodeMessage): NodeMessage {
  const { control: _control, ...rest } = msg as NodeMessage & { control?: unknown };
  return rest;
}
