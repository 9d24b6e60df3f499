import { callGuarded, layout, NoAnswer, readDiscovery } from '@tieout/demo';
import type { User } from '@tieout/platform';
import { Command } from 'commander';
import { EXIT, print, type Common } from './command-line.ts';
import { bearerToken, withToken, type TokenFlags } from './token.ts';

/** What a service makes of the token: whom it takes the caller for, or why it refuses. */
export type Recognition = { readonly service: string } & (
  { readonly user: User; readonly refusal: null } | { readonly user: null; readonly refusal: string }
);

export function whoami(): Command {
  const command = new Command('whoami').description(
    'whom the services take you for, and with which roles; exit code 1 when one refuses',
  );
  return withToken(command).action(async (flags: Common & TokenFlags) => {
    const { services } = readDiscovery(flags.stack);
    const token = await bearerToken(flags);
    const found = await Promise.all(Object.entries(services).map(([name, { url }]) => ask(name, url, token)));
    print(flags.json, { services: found }, () => recognitionText(found));
    if (found.some(({ refusal }) => refusal !== null)) process.exitCode = EXIT.notReady;
  });
}

async function ask(service: string, url: string, token: string): Promise<Recognition> {
  try {
    return { service, user: (await callGuarded(`${url}/whoami`, { token })) as User, refusal: null };
  } catch (error) {
    if (error instanceof NoAnswer) return { service, user: null, refusal: error.message };
    throw error;
  }
}

export function recognitionText(found: readonly Recognition[]): string {
  const rows = found.map(({ service, user, refusal }) =>
    user === null ? [service, '-', refusal] : [service, user.subject, user.roles.join(', ')],
  );
  return layout([['SERVICE', 'USER', 'ROLES'], ...rows], 3).join('\n');
}
