import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { defineKeys, flag, httpUrl, list, secureUrl, wholeNumber } from './config.ts';
import type { ConfigDefinition, ConfigKeys, ConfigRule, ConfigValues } from './config.ts';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,62}$/;
const filePath = z.string();
const key = <S extends z.ZodType>(
  schema: S,
  description: string,
  rest: { default?: string; secret?: boolean } = {},
): { schema: S; description: string; default?: string; secret?: boolean } => ({ schema, description, ...rest });

/** What every service needs, whatever it does. */
export const BASE_KEYS = {
  HTTP_HOST: key(z.string(), 'Address to listen on for health, metrics and the API.', {
    default: '127.0.0.1',
  }),
  HTTP_PORT: key(wholeNumber(0, 65_535), 'Port to listen on; 0 takes a free one.', { default: '0' }),
  HTTP_BODY_LIMIT_BYTES: key(wholeNumber(1_024, 104_857_600), 'Largest request body accepted.', {
    default: '262144',
  }),
  LOG_LEVEL: key(z.enum(LOG_LEVELS), `One of ${LOG_LEVELS.join(', ')}.`, { default: 'info' }),
  SHUTDOWN_DEADLINE_MS: key(wholeNumber(500, 120_000), 'Longest graceful stop, in milliseconds.', {
    default: '9000',
  }),
  READY_FILE: key(filePath.optional(), 'File to write {"pid","url"} to once the service is ready.'),
  EXIT_ON_STDIN_CLOSE: key(flag, 'Stop when standard input ends: a supervisor that dies leaves no orphan.', {
    default: 'false',
  }),
  KAFKA_BROKERS: key(list, 'Bootstrap brokers, host:port, comma-separated.'),
  KAFKA_SSL: key(flag, 'Speak TLS to the brokers.', { default: 'false' }),
  KAFKA_SSL_CA_FILE: key(filePath.optional(), 'PEM file of the authority that signed the brokers.'),
  KAFKA_SSL_CERT_FILE: key(filePath.optional(), 'PEM file of the client certificate (mutual TLS).'),
  KAFKA_SSL_KEY: key(z.string().optional(), 'PEM text of the client certificate key.', { secret: true }),
  KAFKA_SASL_MECHANISM: key(
    z.enum(SASL_MECHANISMS).optional(),
    `One of ${SASL_MECHANISMS.join(', ')}; needs KAFKA_SSL=true.`,
  ),
  KAFKA_SASL_USERNAME: key(z.string().optional(), 'User for SASL.'),
  KAFKA_SASL_PASSWORD: key(z.string().optional(), 'Password for SASL.', { secret: true }),
  SCHEMA_REGISTRY_URL: key(httpUrl, 'Confluent-compatible registry, e.g. http://host:8080/apis/ccompat/v7.'),
  SCHEMA_BUNDLE: key(filePath, 'File of the environment (schema id -> fingerprint) that deployment wrote.'),
  DATABASE_URL: key(
    z.url({ protocol: /^postgres(ql)?$/, error: 'expected postgres://user:password@host:port/database' }),
    'PostgreSQL connection of this service.',
    { secret: true },
  ),
  DATABASE_SCHEMA: key(
    z.string().regex(SCHEMA_NAME, 'expected lower-case letters, digits and _'),
    'Schema that belongs to this service alone.',
  ),
  BUILD_BESIDE: key(
    z.string().regex(SCHEMA_NAME, 'expected lower-case letters, digits and _').optional(),
    'Schema of the live service: builds its state again in DATABASE_SCHEMA beside it, publishes nothing and calls nobody.',
  ),
  DATABASE_POOL_SIZE: key(wholeNumber(2, 100), 'Most connections to the database.', { default: '10' }),
  DATABASE_STATEMENT_TIMEOUT_MS: key(wholeNumber(100, 3_600_000), 'Longest statement, in milliseconds.', {
    default: '30000',
  }),
  OIDC_ISSUER: key(
    secureUrl.optional(),
    'Issuer of the bearer tokens that guarded endpoints accept, exactly as their `iss` says it; without one those answer 503.',
  ),
  OIDC_AUDIENCE: key(z.string().optional(), 'What `aud` of a bearer token must name; needs OIDC_ISSUER.'),
  OIDC_JWKS_URL: key(
    secureUrl.optional(),
    "Where the issuer publishes its keys; without it, the issuer's discovery document says so.",
  ),
  OIDC_ROLES_CLAIM: key(
    z.string(),
    'Claim that lists the roles of a caller, or the path to it, e.g. realm_access.roles.',
    { default: 'roles' },
  ),
  RETENTION_WORK_DAYS: key(
    wholeNumber(1, 36_500),
    'Days that finished work items are kept. A replay of older events would do their work again.',
    { default: '400' },
  ),
  RETENTION_DEAD_LETTER_DAYS: key(wholeNumber(1, 36_500), 'Days that settled dead letters are kept.', {
    default: '400',
  }),
  REPLAY_HORIZON_DAYS: key(
    wholeNumber(1, 36_500),
    'Days beyond the retention of a fact topic for which its events are remembered as seen.',
    { default: '35' },
  ),
} as const satisfies ConfigKeys;

export type BaseConfig = ConfigValues<typeof BASE_KEYS>;

/** Base keys plus the service's own; see README for an example. */
export function defineConfig<const K extends ConfigKeys>(
  keys: K,
  rules: readonly ConfigRule[] = [],
): ConfigDefinition<typeof BASE_KEYS & K> {
  return defineKeys({ ...BASE_KEYS, ...keys }, [kafkaSecurity, tokens, beside, ...rules]);
}

function kafkaSecurity(values: Readonly<Record<string, unknown>>): readonly string[] {
  const problems: string[] = [];
  const mechanism = values['KAFKA_SASL_MECHANISM'];
  if (mechanism !== undefined) {
    if (values['KAFKA_SSL'] !== true)
      problems.push('KAFKA_SASL_MECHANISM sends credentials: set KAFKA_SSL=true or remove it.');
    for (const name of ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'])
      if (values[name] === undefined) problems.push(`${name} is missing: KAFKA_SASL_MECHANISM needs it.`);
  }
  if ((values['KAFKA_SSL_CERT_FILE'] === undefined) !== (values['KAFKA_SSL_KEY'] === undefined))
    problems.push('KAFKA_SSL_CERT_FILE and KAFKA_SSL_KEY belong together: set both or none.');
  return problems;
}

function beside(values: Readonly<Record<string, unknown>>): readonly string[] {
  const same = values['BUILD_BESIDE'] !== undefined && values['BUILD_BESIDE'] === values['DATABASE_SCHEMA'];
  return same ? ['BUILD_BESIDE is the live schema, DATABASE_SCHEMA a fresh one: they must differ.'] : [];
}

function tokens(values: Readonly<Record<string, unknown>>): readonly string[] {
  const isSet = (name: string): boolean => values[name] !== undefined;
  const problems: string[] = [];
  if (isSet('OIDC_ISSUER') !== isSet('OIDC_AUDIENCE'))
    problems.push('OIDC_ISSUER and OIDC_AUDIENCE belong together: set both or none.');
  if (isSet('OIDC_JWKS_URL') && !isSet('OIDC_ISSUER')) problems.push('OIDC_JWKS_URL needs OIDC_ISSUER.');
  return problems;
}

/** Connection part of a Kafka client's options, as kafkajs takes them. */
export interface KafkaConnection {
  readonly clientId: string;
  readonly brokers: string[];
  readonly ssl?: { readonly ca?: string[]; readonly cert?: string; readonly key?: string };
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
}

/** Kafka client options from the base keys; reads the certificate files. */
export function kafkaConnection(clientId: string, config: BaseConfig): KafkaConnection {
  const { KAFKA_SSL_CA_FILE: ca, KAFKA_SSL_CERT_FILE: cert, KAFKA_SSL_KEY: privateKey } = config;
  const mechanism = config.KAFKA_SASL_MECHANISM;
  return {
    clientId,
    brokers: config.KAFKA_BROKERS,
    ...(config.KAFKA_SSL
      ? {
          ssl: {
            ...(ca ? { ca: [readFileSync(ca, 'utf8')] } : {}),
            ...(cert ? { cert: readFileSync(cert, 'utf8') } : {}),
            ...(privateKey ? { key: privateKey } : {}),
          },
        }
      : {}),
    ...(mechanism
      ? {
          sasl: {
            mechanism,
            username: config.KAFKA_SASL_USERNAME ?? '',
            password: config.KAFKA_SASL_PASSWORD ?? '',
          },
        }
      : {}),
  };
}
