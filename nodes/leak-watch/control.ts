import type { NodeMessage } from 'node-red';
import { WATCH_CONTROLS, type WatchControl } from '../../src';
import type { WatchConfig } from './config';

/**
 * The command a message brings in `msg.control`, null without one.
 * @throws TypeError for a word that is no command, and for closing a gate that lets all pass.
 */
export function controlOf(msg: NodeMessage, whenLeaking: WatchConfig['whenLeaking']): WatchControl | null {
  const { control } = msg as { control?: unknown };
  if (control === undefined) return null;
  const command = WATCH_CONTROLS.find((word) => word === control);
  if (!command)
    throw new TypeError(
      `control: ${String(control)} is not valid, expected one of ${WATCH_CONTROLS.join(', ')}`,
    );
  if (command === 'close' && whenLeaking === 'pass') {
    throw new TypeError(
      'control: close has no effect while whenLeaking is pass, expected divert, drop or queue',
    );
  }
  return command;
}
