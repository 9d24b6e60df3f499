import { readFileSync, statSync } from 'node:fs';
import { eventually } from '@tieout/testing';
import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { requestToken } from './issuer-client.ts';
import { identify } from './process-identity.ts';
import { recordPath } from './sweep.ts';
import { startStack } from './start-stack.ts';

test('a stack has an issuer, whose secret only this user can read, and which goes with the stack', async () => {
  const stack = await startStack({ parts: ['issuer'] });
  try {
    const issuer = stack.issuer!;
    expect(decodeJwt(await requestToken(issuer))).toMatchObject({ iss: issuer.url, aud: issuer.audience });
    const token = await requestToken(issuer, { subject: 'ann', roles: ['auditor'] });
    expect(decodeJwt(token)).toMatchObject({ sub: 'ann', roles: ['auditor'] });

    expect(statSync(issuer.clientSecretFile).mode & 0o777).toBe(0o600);
    const secret = readFileSync(issuer.clientSecretFile, 'utf8').trim();
    expect(JSON.stringify(issuer)).not.toContain(secret);
    expect(readFileSync(`${stack.folder}/issuer-1.log`, 'utf8')).toBe(`listening on ${issuer.url}\n`);
  } finally {
    const { processes } = JSON.parse(readFileSync(recordPath(stack.folder), 'utf8')) as {
      processes: { pid: number }[];
    };
    await stack.stop();
    expect(processes).toHaveLength(1);
    await eventually(() => processes.every(({ pid }) => identify(pid) === null));
  }
});

test('an issuer that is gone, or refuses, is told by name', async () => {
  const stack = await startStack({ parts: ['issuer'] });
  const issuer = stack.issuer!;
  await expect(requestToken({ ...issuer, clientId: 'other' })).rejects.toThrow(/gives no token: not the id and secret/);
  const copy = { ...issuer, clientSecretFile: import.meta.filename };
  await stack.stop();
  await expect(requestToken(copy)).rejects.toThrow(`the issuer ${issuer.url} does not answer`);
});
