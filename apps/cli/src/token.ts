import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { NoRunningDemo, readDiscovery } from '@tieout/demo';
import { ROLES, type Role } from '@tieout/platform';
import { requestToken } from '@tieout/stack';
import { Option, type Command } from 'commander';
import { decodeJwt } from 'jose';
import { fromWhereItWasTyped, tokenOfEnvironment } from './config.ts';
import { duration } from './text.ts';

export interface TokenFlags {
  /** The announcement of the running stack. */
  readonly stack: string;
  readonly tokenFile?: string;
  /** Of a token of the running demo's issuer. */
  readonly asRole: Role;
  readonly asUser?: string;
}

/** There is no token to call with; the message says how to get one. */
export class NoToken extends Error {}

const HELP = 'how to get one: docs/how-to/authenticate.md';

/** Options of a command that calls guarded endpoints. */
export function withToken(command: Command): Command {
  return command
    .option('--token-file <file>', 'file with a bearer token (or set TIEOUT_TOKEN)', fromWhereItWasTyped)
    .addOption(
      new Option('--as-role <role>', "without a token: the role to take at the running demo's issuer")
        .choices(ROLES)
        .default('operator'),
    )
    .option('--as-user <name>', "without a token: whom to be at the running demo's issuer (default: who is logged in)");
}

/**
 * The token to call services with: of --token-file, else of TIEOUT_TOKEN, else a new one of the running demo's issuer, for whoever
 * is logged in on this machine. @throws NoToken also for one that has expired, before any service refuses it
 */
export async function bearerToken(flags: TokenFlags): Promise<string> {
  const { tokenFile } = flags;
  if (tokenFile !== undefined) return usable(readToken(tokenFile), tokenFile);
  const given = tokenOfEnvironment();
  return given === undefined ? ofRunningDemo(flags) : usable(given, 'TIEOUT_TOKEN');
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new NoToken(`--token-file ${file} cannot be read: ${(error as Error).message}`);
  }
}

/** Whether a service accepts it is for the service to say; this only saves a call that cannot succeed. */
function usable(text: string, where: string): string {
  const token = text.trim().replace(/^Bearer +/i, '');
  const expiresAt = expiry(token);
  if (expiresAt === null) throw new NoToken(`${where} holds no bearer token (a signed JWT); ${HELP}`);
  const secondsAgo = Date.now() / 1_000 - expiresAt;
  if (secondsAgo < 0) return token;
  throw new NoToken(`the token in ${where} expired ${duration(secondsAgo)} ago; ${HELP}`);
}

/** In seconds of the epoch; null when it is no JWT, never when that does not say. */
function expiry(token: string): number | null {
  try {
    return decodeJwt(token).exp ?? Infinity;
  } catch {
    return null;
  }
}

async function ofRunningDemo({ stack, asRole, asUser }: TokenFlags): Promise<string> {
  const { issuer } = readDiscovery(stack);
  if (issuer == null)
    throw new NoRunningDemo(`${stack} announces no issuer of tokens: use --token-file or TIEOUT_TOKEN; ${HELP}`);
  try {
    return await requestToken(issuer, { subject: asUser ?? userInfo().username, roles: [asRole] });
  } catch (error) {
    throw new NoToken(`no token of the running demo: ${(error as Error).message}`);
  }
}
