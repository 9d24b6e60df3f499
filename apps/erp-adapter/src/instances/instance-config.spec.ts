import { readConfig, ConfigError } from '@tieout/platform';
import { describe, expect, it } from 'vitest';
import { config } from '../config.ts';
import { holderOf, parseInstances } from './instance-config.ts';
import type { LookUp } from './references.ts';

const lookUp: LookUp = {
  env: (name) => ({ SECRET: 'from env' })[name] ?? null,
  file: (path) => ({ '/run/secrets/token': 'from file' })[path] ?? null,
};
const one = {
  name: 'main',
  system: 'netsuite',
  legalEntities: '*',
  connection: { url: 'https://1.suitetalk.api.netsuite.com/' },
  auth: {
    account: '1',
    consumerKey: 'ck',
    consumerSecret: { env: 'SECRET' },
    tokenKey: 'tk',
    tokenSecret: { file: '/run/secrets/token' },
  },
};
const faultsOf = (...list: object[]): string[] =>
  (parseInstances(list, lookUp).faults ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('configured instances', () => {
  it('are complete with what stands when nothing is said, and have their secrets', () => {
    expect(parseInstances([one], lookUp).instances).toMatchObject([
      {
        ...{ name: 'main', timeZone: 'America/Los_Angeles', crmInstances: ['main'], customers: 'all', concurrency: 8 },
        write: { customers: 'on', orders: 'on' },
        connection: { url: 'https://1.suitetalk.api.netsuite.com' },
        auth: { consumerSecret: 'from env', tokenSecret: 'from file' },
        intervals: { pollMs: 2_000, totalsMs: 15_000, dimensionsMs: 30_000, inDoubtMs: 900_000, orderRetryMs: 600_000 },
        netsuite: { defaultItem: 'Services', customerSubsidiary: '1', overlapSeconds: 3, sweepSeconds: 600 },
      },
    ]);
  });

  it.each([
    ['a secret as text', { auth: { ...one.auth, tokenSecret: 'x' } }, '0.auth.tokenSecret: a secret is given as'],
    ['a variable that is not there', { auth: { ...one.auth, tokenSecret: { env: 'OTHER' } } }, 'has no OTHER'],
    [
      'a file that is not there',
      { connection: { ...one.connection, url: { file: '/x' } } },
      '0.connection.url: the file /x',
    ],
    ['a key that nobody knows', { legalEntity: 'x' }, '0: Unrecognized key: "legalEntity"'],
    [
      'a key of the connection that nobody knows',
      { connection: { ...one.connection, port: 1 } },
      '0.connection: Unrec',
    ],
    ['a system that nobody knows', { system: 'oracle' }, '0.system: expected a system that Tieout knows'],
    ['a name that cannot stand in ids', { name: 'Main' }, '0.name: expected lower-case'],
    ['a code that YAML takes for a number', { legalEntities: [1010] }, '0.legalEntities: expected a list of codes'],
    ['an interval out of bounds', { intervals: { pollMs: 1 } }, '0.intervals.pollMs: '],
    ['half of a sign-in', { auth: { account: '1', consumerKey: 'x' } }, '0.auth.consumerSecret: '],
    ['half of a certificate', { auth: { clientId: 'x' } }, '0.auth.certificateId: '],
  ])('refuse %s, naming the place', (_what, change, expected) => {
    expect(faultsOf({ ...one, ...change }).join()).toContain(expected);
  });

  it('of SAP say in which sales area a legal entity sells', () => {
    const area = { companyCode: '1010', salesOrganization: '1010', distributionChannel: '10', division: '00' };
    const sap = {
      ...{ name: 'corp', system: 'sap-s4hana', legalEntities: ['1010'] },
      connection: { url: 'https://s4.example' },
      auth: { kind: 'basic', user: 'TIEOUT', password: { env: 'SECRET' } },
      sap: { salesAreas: { '1010': { ...area, reconciliationAccount: '12100000' } } },
    };
    expect(parseInstances([sap], lookUp).instances).toMatchObject([
      { timeZone: 'UTC', auth: { password: 'from env' }, sap: { salesAreas: { '1010': { salesOrderType: 'OR' } } } },
    ]);
    expect(faultsOf({ ...sap, legalEntities: ['1010', '1710'] })).toEqual(['0.sap.salesAreas: 1710 has no sales area']);
    expect(faultsOf({ ...sap, sap: { ...sap.sap, salesArea: 1 } })).toEqual(['0.sap: Unrecognized key: "salesArea"']);
    expect(faultsOf({ ...sap, auth: { kind: 'basic', user: 'x' } }).join()).toContain('0.auth.password: ');
  });

  it('do not share a name or a legal entity', () => {
    const first = { ...one, legalEntities: ['DE', 'FR'] };
    expect(faultsOf(first, { ...one, legalEntities: ['US', 'FR'] })).toEqual([
      '1.name: main is the name of an instance above',
      '1.legalEntities: FR is held by the instance main',
    ]);
    expect(faultsOf(one, { ...one, name: 'other' })).toEqual(['1.legalEntities: * is held by the instance main']);
  });

  it('hold the legal entities that they name, and the rest where one says so', () => {
    const [named, rest] = [{ legalEntities: ['DE'] }, { legalEntities: '*' as const }];
    expect(holderOf([rest, named], 'DE')).toBe(named);
    expect(holderOf([rest, named], 'US')).toBe(rest);
    expect(holderOf([named], 'US')).toBeNull();
  });
});

describe('ERP_INSTANCES', () => {
  const base = {
    ...{ KAFKA_BROKERS: 'a:1', SCHEMA_REGISTRY_URL: 'http://r', SCHEMA_BUNDLE: '/b', DATABASE_URL: 'postgres://u@d/x' },
    DATABASE_SCHEMA: 'erp_adapter',
  };
  const text = JSON.stringify([{ ...one, auth: { ...one.auth, tokenSecret: { env: 'SECRET' } } }]);

  it('is read with the variables that it names, and shown without how an instance is reached', () => {
    const { ERP_INSTANCES } = readConfig(config, { ...base, ERP_INSTANCES: text, SECRET: 'hush' });
    expect(ERP_INSTANCES[0]?.auth).toMatchObject({ tokenSecret: 'hush' });
    expect(JSON.stringify(ERP_INSTANCES)).not.toMatch(/hush|consumerKey/);
    expect(JSON.stringify(ERP_INSTANCES)).toContain('https://1.suitetalk.api.netsuite.com');
  });

  it.each([
    ['is not YAML', '[', 'ERP_INSTANCES'],
    ['is no list', 'main', 'it: expected a list of instances'],
    ['names what is not there', text, '0.auth.tokenSecret: the environment has no SECRET'],
  ])('is refused when it %s', (_what, ERP_INSTANCES, expected) => {
    expect(() => readConfig(config, { ...base, ERP_INSTANCES })).toThrow(ConfigError);
    expect(() => readConfig(config, { ...base, ERP_INSTANCES })).toThrow(expected);
  });
});
