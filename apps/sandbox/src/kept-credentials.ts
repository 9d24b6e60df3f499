import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { newTokenSecrets } from './netsuite/start.ts';
import type { TokenSecrets } from './netsuite/oauth.ts';
import type { RunningSandbox } from './sandbox.ts';
import { isGoodFor, newIdentity, type OrgIdentity } from './salesforce/identity.ts';

/** What a restarted sandbox needs in order to know its clients again. */
export interface Identities {
  readonly salesforce: OrgIdentity;
  readonly netsuite: TokenSecrets;
}

/** The identities kept in `folder`; made and kept there when there are none, or none for this host. */
export async function keptIdentities(folder: string, host: string, now: Date): Promise<Identities> {
  const file = path.join(folder, 'identities.json');
  const kept = readJson(file) as Identities | undefined;
  if (kept !== undefined && isGoodFor(kept.salesforce, host, now)) return kept;
  const made: Identities = { salesforce: await newIdentity(host), netsuite: newTokenSecrets() };
  write(file, JSON.stringify(made), 0o600);
  return made;
}

/** Hands over what a client needs: one file per value, `<vendor>/<name>`, which a service takes as `<KEY>_FILE`. */
export function handOver(folder: string, { vendor, credentials }: RunningSandbox<object>): void {
  for (const [name, value] of Object.entries(credentials)) write(path.join(folder, vendor, name), String(value), 0o644);
}

/** Never half a file: a reader may come at any time. */
function write(file: string, text: string, mode: number): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, text, { mode });
  renameSync(`${file}.new`, file);
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
