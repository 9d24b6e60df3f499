import { randomBytes } from 'node:crypto';

/** Of the communication user and of the OAuth client. */
export interface SapSecrets {
  readonly user: string;
  readonly password: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export function newSapSecrets(): SapSecrets {
  const secret = (): string => randomBytes(24).toString('base64url');
  return { user: 'TIEOUT_COM_USER', password: secret(), clientId: 'TIEOUT_OAUTH', clientSecret: secret() };
}
