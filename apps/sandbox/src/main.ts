/** `npm run sandbox`: holds the vendors' sandboxes until Ctrl-C. */
import { postgresUrl, startStack } from '@tieout/stack';
import { Command, InvalidArgumentError } from 'commander';
import { startAnaplanSandbox, startNetSuiteSandbox, startSalesforceSandbox, type RunningSandbox } from './index.ts';

interface Flags {
  readonly databaseUrl?: string;
  readonly salesforcePort?: number;
  readonly netsuitePort?: number;
  readonly anaplanPort?: number;
  readonly json?: true;
}

const flags = new Command('npm run sandbox --')
  .description(
    "Starts Salesforce, NetSuite and Anaplan sandboxes on 127.0.0.1 and holds them until Ctrl-C.\nThey speak the vendors' protocols and keep their records in PostgreSQL; they are for local runs and tests only.",
  )
  .option(
    '--database-url <url>',
    'PostgreSQL database in which they may create schemas; without it one is started and thrown away',
  )
  .option('--salesforce-port <port>', 'port of the Salesforce sandbox (default: a free one)', port)
  .option('--netsuite-port <port>', 'port of the NetSuite sandbox (default: a free one)', port)
  .option('--anaplan-port <port>', 'port of the Anaplan sandbox (default: a free one)', port)
  .option('--json', 'prints addresses and credentials as JSON, and nothing else, to standard output')
  .showHelpAfterError()
  .parse()
  .opts<Flags>();

await hold(flags).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});

async function hold({ databaseUrl, json, ...ports }: Flags): Promise<void> {
  const stopped = stopRequest();
  const stack = databaseUrl === undefined ? await startStack({ parts: ['postgres'] }) : null;
  const url = databaseUrl ?? postgresUrl(stack!.postgres);
  const sandboxes: RunningSandbox<object>[] = [];
  try {
    sandboxes.push(await startSalesforceSandbox(options(url, ports.salesforcePort)));
    sandboxes.push(await startNetSuiteSandbox(options(url, ports.netsuitePort)));
    sandboxes.push(await startAnaplanSandbox(options(url, ports.anaplanPort)));
    console.log(json === true ? asJson(sandboxes) : asText(sandboxes));
    await stopped;
  } finally {
    await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
    await stack?.stop();
  }
}

function options(databaseUrl: string, given: number | undefined): { databaseUrl: string; port?: number } {
  return given === undefined ? { databaseUrl } : { databaseUrl, port: given };
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
      ...Object.entries(credentials).map(([name, value]) => `  ${name}: ${oneLine(String(value))}`),
    ].join('\n'),
  );
  return [...blocks, 'Keys in full: --json. Ctrl-C stops them.'].join('\n\n');
}

function oneLine(value: string): string {
  return value.includes('\n') ? `${value.slice(0, value.indexOf('\n'))} …` : value;
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65_535) throw new InvalidArgumentError('a port from 1 to 65535');
  return value;
}
