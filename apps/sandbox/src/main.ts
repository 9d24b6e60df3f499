/** `npm run sandbox`: holds the vendors' sandboxes until Ctrl-C. */
import { readFileSync } from 'node:fs';
import { postgresUrl, startStack } from '@tieout/stack';
import { Command, InvalidArgumentError } from 'commander';
import {
  startAnaplanSandbox,
  startNetSuiteSandbox,
  startSalesforceSandbox,
  startSapSandbox,
  type RunningSandbox,
} from './index.ts';
import { handOver, keptIdentities } from './kept-credentials.ts';
import { LOOPBACK } from './sandbox.ts';

interface Flags {
  readonly databaseUrl?: string;
  readonly databaseUrlFile?: string;
  readonly host: string;
  readonly credentials?: string;
  readonly salesforcePort?: number;
  readonly salesforcePubsubPort?: number;
  readonly netsuitePort?: number;
  readonly sapPort?: number;
  readonly anaplanPort?: number;
  readonly json?: true;
}

const flags = new Command('npm run sandbox --')
  .description(
    "Starts Salesforce, NetSuite, SAP S/4HANA and Anaplan sandboxes and holds them until Ctrl-C.\nThey speak the vendors' protocols and keep their records in PostgreSQL; they are for local runs and tests only.",
  )
  .option(
    '--database-url <url>',
    'PostgreSQL database in which they may create schemas; without it one is started and thrown away',
  )
  .option('--database-url-file <file>', 'takes it from a file, where other users of this machine do not see it')
  .option('--host <name>', 'name or IPv4 address to listen on, by which clients reach them too', LOOPBACK)
  .option(
    '--credentials <folder>',
    'keeps the credentials in this folder, one file each, and takes them from there when started again (default: new ones)',
  )
  .option('--salesforce-port <port>', 'port of the Salesforce sandbox (default: a free one)', port)
  .option('--salesforce-pubsub-port <port>', 'port of its Pub/Sub API (default: a free one)', port)
  .option('--netsuite-port <port>', 'port of the NetSuite sandbox (default: a free one)', port)
  .option('--sap-port <port>', 'port of the SAP S/4HANA sandbox (default: a free one)', port)
  .option('--anaplan-port <port>', 'port of the Anaplan sandbox (default: a free one)', port)
  .option('--json', 'prints addresses and credentials as JSON, and nothing else, to standard output')
  .showHelpAfterError()
  .parse()
  .opts<Flags>();

await hold(flags).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});

async function hold({ host, credentials, json, ...flags }: Flags): Promise<void> {
  const stopped = stopRequest();
  const given = databaseUrl(flags);
  const stack = given === undefined ? await startStack({ parts: ['postgres'] }) : null;
  const base = { databaseUrl: given ?? postgresUrl(stack!.postgres), host };
  const kept = credentials === undefined ? undefined : await keptIdentities(credentials, host, new Date());
  const sandboxes: RunningSandbox<object>[] = [];
  const started = (sandbox: RunningSandbox<object>): void => {
    sandboxes.push(sandbox);
    if (credentials !== undefined) handOver(credentials, sandbox);
  };
  try {
    started(
      await startSalesforceSandbox({
        ...withPort(base, flags.salesforcePort),
        pubsub: withPort({}, flags.salesforcePubsubPort),
        ...(kept && { identity: kept.salesforce }),
      }),
    );
    const netsuite = withPort(base, flags.netsuitePort);
    started(
      await startNetSuiteSandbox({
        ...netsuite,
        ...(kept && { secrets: kept.netsuite, machine: kept.netsuiteMachine }),
      }),
    );
    const sap = withPort(base, flags.sapPort);
    started(await startSapSandbox({ ...sap, ...(kept && { secrets: kept.sap }) }));
    started(await startAnaplanSandbox(withPort(base, flags.anaplanPort)));
    console.log(json === true ? asJson(sandboxes) : asText(sandboxes));
    await stopped;
  } finally {
    await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
    await stack?.stop();
  }
}

function databaseUrl({ databaseUrl: url, databaseUrlFile: file }: Partial<Flags>): string | undefined {
  return file === undefined ? url : readFileSync(file, 'utf8').trim();
}

function withPort<Options extends object>(options: Options, given: number | undefined): Options & { port?: number } {
  return given === undefined ? options : { ...options, port: given };
}

/** A signal, or the end of the starter: whoever started this may be gone without a signal. */
function stopRequest(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
    process.once('disconnect', () => resolve());
    // Listening must not keep a program alive that has closed everything.
    process.channel?.unref();
  });
}

function asJson(sandboxes: readonly RunningSandbox<object>[]): string {
  const entries = sandboxes.map(({ vendor, url, credentials }) => [vendor, { url, credentials }] as const);
  return JSON.stringify(Object.fromEntries(entries), null, 2);
}

function asText(sandboxes: readonly RunningSandbox<object>[]): string {
  const blocks = sandboxes.map(({ vendor, url, credentials }) =>
    [
      `${vendor}  ${url}`,
      ...Object.entries(credentials).map(([name, value]) => `  ${name}: ${oneLine(shown(value))}`),
    ].join('\n'),
  );
  return [...blocks, 'Keys in full: --json. Ctrl-C stops them.'].join('\n\n');
}

function shown(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function oneLine(value: string): string {
  return value.includes('\n') ? `${value.slice(0, value.indexOf('\n'))} …` : value;
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65_535) throw new InvalidArgumentError('a port from 1 to 65535');
  return value;
}
