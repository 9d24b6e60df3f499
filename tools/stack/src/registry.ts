import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Artifact, resolveArtifact } from './artifacts.ts';
import { archiveFlags } from './class-archive.ts';
import type { Guardian } from './guardian-client.ts';
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

/** Starts Apicurio Registry, in memory; resolves to the address of its Confluent-compatible API. */
export async function startRegistry(guardian: Guardian, progress: (message: string) => void): Promise<string> {
  return serve(await resolveArtifact(REGISTRY, guardian, progress), guardian);
}

/** Runs it once, so that Java leaves its class archive. */
async function rehearse(jars: string, guardian: Guardian): Promise<void> {
  await serve(jars, guardian);
  const exited = guardian.exited(NAME);
  await guardian.signal(NAME, 'SIGTERM');
  await exited;
}

function serve(jars: string, guardian: Guardian): Promise<string> {
  return withFreshPorts(async (attempt) => {
    const port = (await freePorts(1))[0] as number;
    const logFile = join(guardian.folder, `registry-${attempt}.log`);
    await guardian.spawn({
      name: NAME,
      command: javaCommand(),
      args: [...JVM, ...archiveFlags(jars), '-jar', `apicurio-registry-app-${REGISTRY.version}-runner.jar`],
      cwd: jars,
      env: { ...LOGGING, QUARKUS_HTTP_HOST: '127.0.0.1', QUARKUS_HTTP_PORT: String(port) },
      logFile,
      endSignal: 'SIGKILL',
    });
    const url = `http://127.0.0.1:${port}/apis/ccompat/v7`;
    await untilReady(guardian, { name: NAME, logFile }, () => answers(url, logFile));
    return url;
  });
}

/** Another registry that has the port would answer as well: the log tells whether it is this one. */
async function answers(url: string, logFile: string): Promise<boolean> {
  if (!/Listening on/i.test(readFileSync(logFile, 'utf8'))) return false;
  return (await fetch(`${url}/subjects`, { signal: AbortSignal.timeout(5_000) })).ok;
}
