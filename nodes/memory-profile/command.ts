import type { NodeMessage } from 'node-red';

const COMMANDS = ['start', 'take', 'stop'] as const;
export type Command = (typeof COMMANDS)[number];

/**
 * What a message asks for. One without a word in its payload, such as an inject's timestamp, starts a profile, or
 * takes a report of the one that runs.
 * @throws TypeError naming a payload that is neither
 */
export function commandOf({ payload }: NodeMessage, running: boolean): Command {
  const command = COMMANDS.find((word) => word === payload);
  if (command) return command;
  if (
    payload === undefined ||
    payload === null ||
    payload === '' ||
    payload === true ||
    typeof payload === 'number'
  )
    return running ? 'take' : 'start';
  const shown = typeof payload === 'string' ? `"${payload.slice(0, 40)}"` : kindOf(payload);
  throw new TypeError(`payload: ${shown} is not valid, expected one of ${COMMANDS.join(', ')}`);
}

function kindOf(payload: unknown): string {
  if (Buffer.isBuffer(payload)) return 'a Buffer';
  return Array.isArray(payload) ? 'an array' : `a payload of type ${typeof payload}`;
}
