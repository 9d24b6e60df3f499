import { join } from 'node:path';
import { REGISTRY, resolveArtifact } from './artifacts.ts';
import type { Guardian } from './guardian-client.ts';
import { freePorts } from './ports.ts';
import { javaCommand } from './prerequisites.ts';
import { untilReady, withFreshPorts } from './readiness.ts';

// Start-up is what counts: one compiler tier and one collector thread halve the time on two cores.
const JVM = ['-Xmx320m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto', '-XX:-UsePerfData'];

/** Starts Apicurio Registry, in memory; resolves to the address of its Confluent-compatible API. */
export async function startRegistry(guardian: Guardian, progress: (message: string) => void): Promise<string> {
  const folder = await resolveArtifact(REGISTRY, guardian, progress);
  return withFreshPorts(async (attempt) => {
    const port = (await freePorts(1))[0] as number;
    const name = 'registry';
    const logFile = join(guardian.folder, `registry-${attempt}.log`);
    await guardian.spawn({
      name,
      command: javaCommand(),
      args: [...JVM, '-jar', join(folder, `apicurio-registry-app-${REGISTRY.version}-runner.jar`)],
      env: { QUARKUS_HTTP_HOST: '127.0.0.1', QUARKUS_HTTP_PORT: String(port), QUARKUS_LOG_LEVEL: 'WARN' },
      logFile,
      endSignal: 'SIGKILL',
    });
    const url = `http://127.0.0.1:${port}/apis/ccompat/v7`;
    await untilReady(guardian, { name, logFile }, async () => (await fetch(`${url}/subjects`)).ok);
    return url;
  });
}
