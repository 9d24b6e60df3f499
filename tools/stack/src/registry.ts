import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Artifact, resolveArtifact } from './artifacts.ts';
import { archiveFlags } from './class-archive.ts';
import type { Guardian } from './guardian-client.ts';
import type { SpawnSpec } from './guardian-protocol.ts';
import { partControl, type PartControl } from './part-control.ts';
import { freePorts } from './ports.ts';
import { javaCommand } from './prerequisites.ts';
import { untilReady, withFreshPorts } from './readiness.ts';

export const REGISTRY: Artifact = {
  name: 'registry',
  version: '3.0.9',
  goal: ['dependency:unpack'],
  prepare: rehearse,
};

// Start-up is what counts here, not throughput: one compiler tier, one collector thread.
const JVM = ['-Xmx320m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData'];
const LOGGING = {
  QUARKUS_LOG_LEVEL: 'WARN',
  APICURIO_LOG_LEVEL: 'WARN',
  QUARKUS_HTTP_ACCESS_LOG_ENABLED: 'false',
  // Says "Listening on" when it has its port.
  QUARKUS_LOG_CATEGORY__IO_QUARKUS__LEVEL: 'INFO',
};
const NAME = 'registry';

/** A running registry, in memory. */
export interface RegistryServer {
  /** Address of its Confluent-compatible API. */
  readonly url: string;
  readonly control: PartControl;
}

/** Starts Apicurio Registry. */
export async function startRegistry(guardian: Guardian, progress: (message: string) => void): Promise<RegistryServer> {
  return serve(await resolveArtifact(REGISTRY, guardian, progress), guardian);
}

/** Runs it once, so that Java leaves its class archive. */
async function rehearse(jars: string, guardian: Guardian): Promise<void> {
  await serve(jars, guardian);
  const exited = guardian.exited(NAME);
  await guardian.signal(NAME, 'SIGTERM');
  await exited;
}

function serve(jars: string, guardian: Guardian): Promise<RegistryServer> {
  return withFreshPorts(async (attempt) => {
    const port = (await freePorts(1))[0] as number;
    const logFile = join(guardian.folder, `registry-${attempt}.log`);
    const url = `http://127.0.0.1:${port}/apis/ccompat/v7`;
    const spec: SpawnSpec = {
      name: NAME,
      command: javaCommand(),
      args: [...JVM, ...archiveFlags(jars), '-jar', `apicurio-registry-app-${REGISTRY.version}-runner.jar`],
      cwd: jars,
      env: { ...LOGGING, QUARKUS_HTTP_HOST: '127.0.0.1', QUARKUS_HTTP_PORT: String(port) },
      logFile,
      endSignal: 'SIGKILL',
    };
    const control = partControl(guardian, spec, () =>
      untilReady(guardian, { name: NAME, logFile }, () => answers(url, logFile)),
    );
    await control.start();
    return { url, control };
  });
}

/** Another registry that has the port would answer as well: the log tells whether it is this one. */
async function answers(url: string, logFile: string): Promise<boolean> {
  if (!/Listening on/i.test(readFileSync(logFile, 'utf8'))) return false;
  return (await fetch(`${url}/subjects`, { signal: AbortSignal.timeout(5_000) })).ok;
}
