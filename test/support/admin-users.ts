import { cellRequire } from '../../tools/node-red/cell';
import type { NodeRed } from '../../tools/node-red/start';

const bcrypt: { hashSync(text: string, rounds: number): string } = cellRequire()('bcryptjs');

const PASSWORD = 'test';

/** For settings.js: users of the editor by name, with what each may do. */
export function adminAuth(permissions: Readonly<Record<string, string | string[]>>): object {
  const users = Object.entries(permissions).map(([username, allowed]) => ({
    ...{ username, password: bcrypt.hashSync(PASSWORD, 4), permissions: allowed },
  }));
  return { type: 'credentials', users };
}

/** Logs one of them in. Returns the header that requests carry. */
export async function logIn(red: NodeRed, username: string): Promise<{ authorization: string }> {
  const body = new URLSearchParams({
    ...{ client_id: 'node-red-admin', grant_type: 'password', scope: '', username, password: PASSWORD },
  });
  const answer = await fetch(`${red.url}/auth/token`, { method: 'POST', body });
  if (!answer.ok) throw new Error(`log-in of ${username} answered ${answer.status}`);
  const { access_token: token } = (await answer.json()) as { access_token: string };
  return { authorization: `Bearer ${token}` };
}
