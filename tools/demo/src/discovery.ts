import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

/** Where a running demo announces itself, for the command line tool and the page; one per checkout. */
export const DISCOVERY_FILE = path.resolve(import.meta.dirname, '../../../.tieout/demo.json');

const pid = z.int().positive();
const service = z.object({ url: z.url(), pid });

/** What runs and where. Addresses, files and process ids only: no credential stands here. */
const discoveryShape = z.object({
  version: z.literal(1),
  /** Which run this is: a generated month-end or a file of receivables. */
  scenario: z.enum(['month-end', 'receivables']),
  startedAt: z.iso.datetime(),
  /** The demo's own process; what it started ends with it. */
  pid,
  /** By the name of its folder in apps/. A service that was killed comes back under another address: read again. */
  services: z.record(z.string(), service),
  brokers: z.array(z.string().min(1)).min(1),
  registryUrl: z.url(),
  /** File with the id bundle of the schemas, which the codec needs. */
  bundle: z.string().min(1),
  /** Base addresses of the vendor sandboxes: salesforce, netsuite, anaplan. */
  vendors: z.record(z.string(), z.url()),
  /** The JSON report, as `--report` writes it: null until the run is compared. */
  report: z.string().min(1).nullable(),
  /** Where to get a bearer token, for guarded endpoints; the secret stands in a file that only the demo's user can read. */
  issuer: z
    .object({
      url: z.url(),
      audience: z.string().min(1),
      clientId: z.string().min(1),
      clientSecretFile: z.string().min(1),
    })
    .nullish(),
  /** What else a person can look at, by name: the page, Prometheus. */
  links: z.record(z.string(), z.url()),
});
export type Discovery = z.infer<typeof discoveryShape>;

/** There is no demo that runs, or its announcement cannot be understood. The message says what to do. */
export class NoRunningDemo extends Error {}

/** The demo that runs now. @throws NoRunningDemo also when the one that wrote the file was killed */
export function readDiscovery(file: string = DISCOVERY_FILE): Discovery {
  const found = announced(file);
  if (found === null) throw new NoRunningDemo(`no running demo is announced in ${file}; start one with: npm run demo`);
  if (!isAlive(found.pid))
    throw new NoRunningDemo(
      `the demo announced in ${file} (process ${found.pid}) has ended; start one with: npm run demo`,
    );
  return found;
}

/**
 * Announces the demo, for this user only, in one step: a reader sees the old file or the new one.
 * @returns false, and writes nothing, when another demo that still runs is announced there
 */
export function writeDiscovery(discovery: Discovery, file: string = DISCOVERY_FILE): boolean {
  const other = otherAnnounced(file, discovery.pid);
  if (other) return false;
  mkdirSync(path.dirname(file), { recursive: true });
  const written = `${file}.${discovery.pid}`;
  writeFileSync(written, `${JSON.stringify(discoveryShape.parse(discovery), null, 2)}\n`, { mode: 0o600 });
  renameSync(written, file);
  return true;
}

/** Takes the announcement of this process back; another one's stays. */
export function removeDiscovery(ownPid: number, file: string = DISCOVERY_FILE): void {
  if (!otherAnnounced(file, ownPid)) rmSync(file, { force: true });
}

function otherAnnounced(file: string, ownPid: number): boolean {
  try {
    const found = announced(file);
    return found !== null && found.pid !== ownPid && isAlive(found.pid);
  } catch (error) {
    if (error instanceof NoRunningDemo) return false; // Nobody can read it, so nobody misses it.
    throw error;
  }
}

/** null when there is no file */
function announced(file: string): Discovery | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    return discoveryShape.parse(JSON.parse(text));
  } catch (cause) {
    throw new NoRunningDemo(`${file} does not describe a demo of this version; remove it and start one: npm run demo`, {
      cause,
    });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
