import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineConfig, kafkaConnection } from './base-config.ts';
import { ConfigError, defineKeys, printableConfig, readConfig, wholeNumber } from './config.ts';
import type { Environment } from './config.ts';

const base = {
  KAFKA_BROKERS: 'a:1, b:2',
  SCHEMA_REGISTRY_URL: 'http://registry/apis/ccompat/v7/',
  SCHEMA_BUNDLE: '/bundle.json',
  DATABASE_URL: 'postgres://user:hunter2@db/x',
  DATABASE_SCHEMA: 'example',
};
const problemsOf = (read: () => unknown): readonly string[] => {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};
const baseProblems = (environment: Environment): readonly string[] =>
  problemsOf(() => readConfig(defineConfig({}), { ...base, ...environment }));

describe('configuration', () => {
  it('parses base keys, applies defaults and freezes the result', () => {
    const config = readConfig(defineConfig({}), base);
    expect(config).toMatchObject({
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: 0,
      KAFKA_BROKERS: ['a:1', 'b:2'],
      SCHEMA_REGISTRY_URL: 'http://registry/apis/ccompat/v7',
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('names every bad key at once and says how to fix it', () => {
    const problems = baseProblems({
      HTTP_PORT: '65536',
      LOG_LEVEL: 'loud',
      DATABASE_SCHEMA: 'Bad-Name',
      KAFKA_BROKERS: '',
    });
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'HTTP_PORT',
      'LOG_LEVEL',
      'KAFKA_BROKERS',
      'DATABASE_SCHEMA',
    ]);
    expect(problems[0]).toContain('from 0 to 65535');
  });

  it('never shows the value of a bad secret', () => {
    const problems = baseProblems({ DATABASE_URL: 'mysql://user:hunter2@db' });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('DATABASE_URL');
    expect(problems.join()).not.toContain('hunter2');
  });

  it('prints secrets redacted', () => {
    const definition = defineConfig({});
    const printed = JSON.stringify(printableConfig(definition, readConfig(definition, base)));
    expect(printed).not.toContain('hunter2');
    expect(printed).toContain('"DATABASE_URL":"***"');
  });

  it('takes a secret from the file that KEY_FILE names', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'config-')), 'secret');
    writeFileSync(file, 's3cret\n');
    const definition = defineKeys({ TOKEN: { schema: z.string(), description: 'A token.', secret: true } });
    expect(readConfig(definition, { TOKEN_FILE: file })).toEqual({ TOKEN: 's3cret' });
    expect(problemsOf(() => readConfig(definition, { TOKEN_FILE: '/absent' }))[0]).toContain(
      'TOKEN_FILE cannot be read',
    );
  });

  it('takes any other text from such a file too', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'config-')), 'ca.pem');
    writeFileSync(file, 'first\nsecond\n');
    const definition = defineKeys({ CA: { schema: z.string(), description: 'An authority.', default: 'none' } });
    expect(readConfig(definition, { CA_FILE: file })).toEqual({ CA: 'first\nsecond' });
    expect(readConfig(definition, { CA: 'given', CA_FILE: file })).toEqual({ CA: 'given' });
  });

  it('parses a text that names other variables with a schema made for the environment', () => {
    const named = (environment: Environment) => z.string().transform((name) => environment[name]?.length ?? 0);
    const definition = defineKeys({ LENGTH_OF: { schema: named, description: 'A variable.' } });
    expect(readConfig(definition, { LENGTH_OF: 'OTHER', OTHER: 'four' })).toEqual({ LENGTH_OF: 4 });
  });

  it.each([
    ['plain over plain text', { KAFKA_SSL: 'false' }, ['KAFKA_SASL_MECHANISM']],
    ['plain over TLS', { KAFKA_SSL: 'true' }, []],
    ['a missing password', { KAFKA_SSL: 'true', KAFKA_SASL_PASSWORD: '' }, ['KAFKA_SASL_PASSWORD']],
  ])('checks SASL: %s', (_name, change, expected) => {
    const sasl = { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'u', KAFKA_SASL_PASSWORD: 'p', ...change };
    expect(baseProblems(sasl).map((problem) => problem.split(' ')[0])).toEqual(expected);
  });

  it.each([
    ['an issuer alone', { OIDC_ISSUER: 'https://id.example/' }, ['OIDC_ISSUER']],
    ['keys without an issuer', { OIDC_JWKS_URL: 'https://id.example/keys' }, ['OIDC_JWKS_URL']],
    [
      'an issuer over plain http',
      { OIDC_ISSUER: 'http://id.example', OIDC_AUDIENCE: 'x' },
      ['OIDC_ISSUER', 'OIDC_ISSUER'],
    ],
    [
      'a host that only looks like this machine',
      { OIDC_ISSUER: 'http://127.0.0.1.example', OIDC_AUDIENCE: 'x' },
      ['OIDC_ISSUER', 'OIDC_ISSUER'],
    ],
    ['no address', { OIDC_ISSUER: 'keycloak', OIDC_AUDIENCE: 'x' }, ['OIDC_ISSUER', 'OIDC_ISSUER']],
    ['this machine over plain http', { OIDC_ISSUER: 'http://127.0.0.1:8080/realms/x', OIDC_AUDIENCE: 'x' }, []],
  ])('checks whose tokens are accepted: %s', (_name, change, expected) => {
    expect(baseProblems(change).map((problem) => problem.split(' ')[0])).toEqual(expected);
  });

  it('keeps an issuer as it is written: tokens are compared with it to the last slash', () => {
    const oidc = { OIDC_ISSUER: 'https://id.example/', OIDC_AUDIENCE: 'tieout' };
    expect(readConfig(defineConfig({}), { ...base, ...oidc })).toMatchObject({ ...oidc, OIDC_ROLES_CLAIM: 'roles' });
  });

  it('builds the options of a Kafka client', () => {
    const sasl = {
      KAFKA_SSL: 'true',
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SASL_USERNAME: 'u',
      KAFKA_SASL_PASSWORD: 'p',
    };
    expect(kafkaConnection('x', readConfig(defineConfig({}), { ...base, ...sasl }))).toEqual({
      clientId: 'x',
      brokers: ['a:1', 'b:2'],
      ssl: {},
      sasl: { mechanism: 'scram-sha-512', username: 'u', password: 'p' },
    });
  });

  it.each([
    ['0', true],
    ['1', true],
    ['10', true],
    ['11', false],
    ['-1', false],
    ['1.5', false],
    ['1e1', false],
  ])('whole number %s between 0 and 10: %s', (text, ok) => {
    expect(wholeNumber(0, 10).safeParse(text).success).toBe(ok);
  });
});
