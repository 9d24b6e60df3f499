import type { Role } from './provision.ts';

export interface DatabaseLogin extends Role {
  readonly database: string;
}

/** Role, password and database of a connection string. @throws when one is missing; the message names only its origin */
export function loginOf(text: string, origin: string): DatabaseLogin {
  const url = URL.parse(text.trim());
  const name = decodeURIComponent(url?.username ?? '');
  const password = decodeURIComponent(url?.password ?? '');
  const database = decodeURIComponent(url?.pathname.slice(1) ?? '');
  if (!url?.protocol.startsWith('postgres') || name === '' || password === '' || database === '')
    throw new Error(`${origin} is no connection string with role, password and database`);
  return { name, password, database };
}
