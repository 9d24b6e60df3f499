import { NoRunningDemo, readDiscovery } from '@tieout/demo';
import type { Command } from 'commander';
import type { Desk } from './breaks-api.client.ts';
import type { Common } from './command-line.ts';
import { bearerToken, type TokenFlags } from './token.ts';

/** Address of the running reconciliation. @throws NoRunningDemo */
export function reconciliation({ stack }: Common): string {
  const { url } = readDiscovery(stack).services['reconciliation'] ?? {};
  if (url === undefined) throw new NoRunningDemo('no reconciliation is announced there; start one with: npm run demo');
  return url;
}

export type DeskFlags = Common & TokenFlags;
export const deskOf = async (flags: DeskFlags): Promise<Desk> => ({
  base: reconciliation(flags),
  token: await bearerToken(flags),
});

export const resolutionOptions = (command: Command): Command =>
  command
    .option('--expected-on <day>', 'of TIMING: when it clears by itself')
    .option('--counterpart <id>', 'of FORCE_MATCH: what it is the same as');
