import { ConfigError } from '../config';

/** An error in words, whatever was thrown. */
export function reasonOf(error: unknown): string {
  const { message } = Object(error) as { message?: unknown };
  return typeof message === 'string' ? message : String(error);
}

/** What the demand of one message is refused with: names field, value and what is expected. */
export function refusal(field: string, value: unknown, expected: string): ConfigError {
  return new ConfigError([{ field, value, expected }]);
}

/** The system's name of an error: `ENOENT`. */
export function codeOf(error: unknown): string {
  const { code } = Object(error) as { code?: unknown };
  return typeof code === 'string' ? code : reasonOf(error);
}
