import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { newMachineIdentity, type MachineIdentity } from './netsuite/machine-identity.ts';
import { newTokenSecrets } from './netsuite/start.ts';
import type { TokenSecrets } from './netsuite/oauth.ts';
import type { RunningSandbox } from './sandbox.ts';
import { isGoodFor, newIdentity, type OrgIdentity } from './salesforce/identity.ts';
import { newSapSecrets, type SapSecrets } from './sap/secrets.ts';

/** What a restarted sandbox needs in order to know its clients again. */
export interface Identities {
  readonly salesforce: OrgIdentity;
  readonly netsuite: TokenSecrets;
  readonly netsuiteMachine: MachineIdentity;
  readonly sap: SapSecrets;
}

/** The identities kept in `folder`; made and kept there when there are none, or none for this host. */
export async function keptIdentities(folder: string, host: string, now: Date): Promise<Identities> {
  const file = path.join(folder, 'identities.json');
  // A folder of an earlier version knows fewer systems.
  const kept = readJson(file) as Partial<Identities> | undefined;
  const known = kept?.salesforce !== undefined && isGoodFor(kept.salesforce, host, now) ? kept : undefined;
  if (known?.netsuite && known.netsuiteMachine && known.sap) return known as Identities;
  const made: Identities = {
    salesforce: known?.salesforce ?? (await newIdentity(host)),
    netsuite: known?.netsuite ?? newTokenSecrets(),
    netsuiteMachine: known?.netsuiteMachine ?? (await newMachineIdentity(now)),
    sap: known?.sap ?? newSapSecrets(),
  };
  write(file, JSON.stringify(made), 0o600);
  return made;
}

/** Hands over what a client needs: one file per value, `<vendor>/<name>`, which a service takes as `<KEY>_FILE`. */
export function handOver(folder: string, { vendor, credentials }: RunningSandbox<object>): void {
  for (const [name, value] of flat(credentials)) write(path.join(folder, vendor, name), value, 0o644);
}

/** Values of values as `eventMesh/queue`. */
function flat(credentials: object): [string, string][] {
  return Object.entries(credentials).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? flat(value).map(([inner, text]): [string, string] => [`${name}/${inner}`, text])
      : [[name, String(value)]],
  );
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
