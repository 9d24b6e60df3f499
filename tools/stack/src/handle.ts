import { readFileSync } from 'node:fs';

/** PostgreSQL, seen by its superuser. */
export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** The issuer of bearer tokens: what it takes to get one. */
export interface IssuerAddress {
  /** Address, and `iss` of its tokens. */
  readonly url: string;
  readonly audience: string;
  readonly clientId: string;
  /** Only this user can read it. */
  readonly clientSecretFile: string;
}

/** Where the parts of a running stack are; plain data, so it travels through files and between processes. */
export interface StackHandle {
  /** host:port of each broker; empty when Kafka was not asked for. */
  readonly brokers: readonly string[];
  /** Base address of the Confluent-compatible registry API; empty when the registry was not asked for. */
  readonly registryUrl: string;
  /** Superuser; port 0 when PostgreSQL was not asked for. */
  readonly postgres: PostgresAddress;
  /** null when it was not asked for. */
  readonly issuer: IssuerAddress | null;
}

/** A handle as `npm run stack` announces it in its file. */
export interface StackAnnouncement extends StackHandle {
  readonly folder: string;
  readonly pid: number;
}

/** That of containers has no issuer. */
type Announced = Omit<StackHandle, 'issuer'> & Partial<StackHandle>;

/** Reads the file that `npm run stack` writes. Throws when there is none. */
export function readStackFile(file: string): StackHandle {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Error(`no running stack is announced in ${file}; start one with: npm run stack`);
  }
  const { brokers, registryUrl, postgres, issuer = null } = JSON.parse(text) as Announced;
  return { brokers, registryUrl, postgres, issuer };
}

/** The superuser's connection string, for the database given or the default one. */
export function postgresUrl(postgres: PostgresAddress, database: string = postgres.database): string {
  const login = `${encodeURIComponent(postgres.user)}:${encodeURIComponent(postgres.password)}`;
  return `postgresql://${login}@${postgres.host}:${postgres.port}/${encodeURIComponent(database)}`;
}
