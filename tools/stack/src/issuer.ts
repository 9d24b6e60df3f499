import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Guardian } from './guardian-client.ts';
import type { IssuerAddress } from './handle.ts';
import { requestToken } from './issuer-client.ts';
import { ISSUER_AUDIENCE, ISSUER_CLIENT } from './issuer-server.ts';
import { freePorts } from './ports.ts';
import { untilReady, withFreshPorts } from './readiness.ts';

/** Starts the issuer of bearer tokens; its client's secret stands in a file that only this user can read. */
export async function startIssuer(guardian: Guardian): Promise<IssuerAddress> {
  const secret = randomBytes(18).toString('base64url');
  const clientSecretFile = join(guardian.folder, 'issuer-client-secret');
  writeFileSync(clientSecretFile, `${secret}\n`, { mode: 0o600 });
  return withFreshPorts((attempt) => serve(guardian, { secret, clientSecretFile, attempt }));
}

async function serve(
  guardian: Guardian,
  { secret, clientSecretFile, attempt }: { secret: string; clientSecretFile: string; attempt: number },
): Promise<IssuerAddress> {
  const port = (await freePorts(1))[0] as number;
  const name = 'issuer';
  const logFile = join(guardian.folder, `issuer-${attempt}.log`);
  await guardian.spawn({
    name,
    command: process.execPath,
    args: [fileURLToPath(new URL('./issuer-main.ts', import.meta.url)), String(port)],
    env: { ISSUER_CLIENT_SECRET: secret, NODE_OPTIONS: '' },
    logFile,
    endSignal: 'SIGKILL',
  });
  const url = `http://127.0.0.1:${port}`;
  const address = { url, audience: ISSUER_AUDIENCE, clientId: ISSUER_CLIENT, clientSecretFile };
  // The secret is this one's own, so another one that has its port does not pass for it.
  await untilReady(guardian, { name, logFile }, async () => (await requestToken(address)) !== '');
  return address;
}
