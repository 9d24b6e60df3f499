import type { Command } from 'commander';
import type { Desk } from './breaks-api.client.ts';
import type { Common } from './command-line.ts';
import { reconciliationUrl } from './reconciliation-url.ts';
import { bearerToken, type TokenFlags } from './token.ts';

export type DeskFlags = Common & TokenFlags;
export const deskOf = async (flags: DeskFlags): Promise<Desk> => ({
  base: reconciliationUrl(flags.stack),
  token: await bearerToken(flags),
});

export const resolutionOptions = (command: Command): Command =>
  command
    .option('--expected-on <day>', 'of TIMING: when it clears by itself')
    .option('--counterpart <id>', 'of FORCE_MATCH: what it is the same as');
