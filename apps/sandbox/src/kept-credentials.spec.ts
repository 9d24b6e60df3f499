import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { handOver, keptIdentities } from './kept-credentials.ts';
import { isGoodFor } from './salesforce/identity.ts';

const NOW = new Date();

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'credentials-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return path.join(folder, 'new');
}

describe('keptIdentities', () => {
  it('is the same for a sandbox that is started again, and for its owner alone', async () => {
    const folder = newFolder();
    const first = await keptIdentities(folder, 'sandbox', NOW);
    expect(await keptIdentities(folder, 'sandbox', NOW)).toEqual(first);
    expect(statSync(path.join(folder, 'identities.json')).mode & 0o077).toBe(0);
    expect(isGoodFor(first.salesforce, 'sandbox', NOW)).toBe(true);
  });

  it.each([
    ['is reached by another name', '10.1.2.3', NOW],
    ['shows a certificate that has run out', 'sandbox', new Date('2999-01-01')],
  ])('is made anew for one that %s', async (_name, host, now) => {
    const folder = newFolder();
    const first = await keptIdentities(folder, 'sandbox', NOW);
    const second = await keptIdentities(folder, host, now);
    expect(second.salesforce.consumerKey).not.toBe(first.salesforce.consumerKey);
    expect(isGoodFor(second.salesforce, host, NOW)).toBe(true);
  });

  it('keeps what a folder of an earlier version knows, and adds what it lacks', async () => {
    const folder = newFolder();
    const file = path.join(folder, 'identities.json');
    const { sap: _lacking, ...first } = await keptIdentities(folder, 'sandbox', NOW);
    writeFileSync(file, JSON.stringify(first));
    const second = await keptIdentities(folder, 'sandbox', NOW);
    expect(second).toMatchObject(first);
    expect(second.sap.password).toHaveLength(32);
    expect(await keptIdentities(folder, 'sandbox', NOW)).toEqual(second);
  });

  it('names the file that cannot be read, rather than making credentials that nobody was told of', async () => {
    const folder = newFolder();
    await keptIdentities(folder, 'sandbox', NOW);
    writeFileSync(path.join(folder, 'identities.json'), '{');
    await expect(keptIdentities(folder, 'sandbox', NOW)).rejects.toThrow('identities.json cannot be read');
  });
});

describe('handOver', () => {
  it('writes one file per value, new ones over old ones', () => {
    const folder = newFolder();
    const sandbox = { vendor: 'netsuite', url: 'http://sandbox', close: () => Promise.resolve() } as const;
    for (const tokenKey of ['old', 'new']) handOver(folder, { ...sandbox, credentials: { tokenKey } });
    expect(readFileSync(path.join(folder, 'netsuite/tokenKey'), 'utf8')).toBe('new');
  });

  it('writes values of values into folders', () => {
    const folder = newFolder();
    const sandbox = { vendor: 'sap-s4hana', url: 'http://sandbox', close: () => Promise.resolve() } as const;
    handOver(folder, { ...sandbox, credentials: { client: '100', eventMesh: { queue: 'q' } } });
    expect(readFileSync(path.join(folder, 'sap-s4hana/eventMesh/queue'), 'utf8')).toBe('q');
  });
});
