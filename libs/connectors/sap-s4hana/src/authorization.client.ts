import type { SapConfig } from './config.ts';
import type { Transport } from './http.client.ts';
import { basic, createTokenSource } from './token.client.ts';

/** Who calls, as a header says it. */
export interface Authorization {
  /** Null where the connection itself proves who calls. */
  header(): Promise<string | null>;
  refused(header: string): void;
  /** A refused one can be replaced; a password cannot, and trying again locks the user. */
  readonly renewable: boolean;
}

export function createAuthorization({ auth, timeoutMs }: SapConfig, transport: Transport): Authorization {
  if (auth.kind === 'certificate') return { header: async () => null, refused: () => undefined, renewable: false };
  if (auth.kind === 'basic') {
    const header = basic(auth.user, auth.password);
    return { header: async () => header, refused: () => undefined, renewable: false };
  }
  const tokens = createTokenSource(auth, transport, timeoutMs);
  return {
    header: async () => `Bearer ${await tokens.current()}`,
    refused: (header) => tokens.refused(header.replace('Bearer ', '')),
    renewable: true,
  };
}
