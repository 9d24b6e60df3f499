import { randomBytes } from 'node:crypto';
import { ISSUER_AUDIENCE, startIssuerServer, type IssuerServer } from '@tieout/stack';
import { atEndOfFile } from './cleanup.ts';

export interface TestIssuer extends IssuerServer {
  /** What makes a service accept its tokens. */
  readonly environment: Readonly<Record<string, string>>;
  /** Headers of a call by somebody with these roles. */
  as(subject: string, ...roles: readonly string[]): Promise<{ authorization: string }>;
}

/** An issuer of a spec's own, which needs no stack; closed when the spec file ends. */
export async function createIssuer(): Promise<TestIssuer> {
  const issuer = await startIssuerServer({ secret: randomBytes(12).toString('hex') });
  atEndOfFile(() => issuer.close());
  return {
    ...issuer,
    environment: { OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: ISSUER_AUDIENCE },
    as: async (subject, ...roles) => ({ authorization: `Bearer ${await issuer.token({ subject, roles })}` }),
  };
}
