import type { CustomerContent } from '@tieout/connector-erp';
import { describe, expect, it } from 'vitest';
import { mapCustomerAccount, ownedInErp } from './customer-account.map.ts';
import { companyBody, customerProblems, newPartner, ownedFields, salesAreaBody } from './customer-write.map.ts';
import { customerId, origin } from './documents.fixture.ts';
import { customerKey } from './identity.ts';
import { sapMappingConfig } from './mapping-config.ts';
import type { Row } from './odata.ts';
import { fromSystemTime, systemDate } from './system-time.ts';

const area = {
  ...{ companyCode: '1010', salesOrganization: '1010', distributionChannel: '10', division: '00' },
  reconciliationAccount: '12100000',
};
const config = sapMappingConfig.parse({
  salesAreas: { '1010': area },
  taxTypes: { DE: 'DE0' },
  paymentTerms: { 'Net 30': 'NT30' },
  businessPartnerGrouping: 'BP02',
});

function partner(more: Row = {}, customer: Row = {}): Row {
  return {
    ...{ BusinessPartner: '1000001', Customer: '1000001', BusinessPartnerIDByExtSystem: customerKey(customerId) },
    ...{ BusinessPartnerName: 'Feinmechanik', OrganizationBPName1: 'Feinmechanik', OrganizationBPName2: ' Nord' },
    ...{ SearchTerm1: 'C-2001', BusinessPartnerIsBlocked: false, IsMarkedForArchiving: false },
    ...{
      CreationDate: '/Date(1773100800000)/',
      CreationTime: 'PT09H00M00S',
      LastChangeDate: null,
      LastChangeTime: null,
    },
    to_BusinessPartnerTax: {
      results: [
        { BPTaxType: 'DE1', BPTaxNumber: '99', BPTaxLongNumber: '' },
        { BPTaxType: 'DE0', BPTaxNumber: 'DE1', BPTaxLongNumber: '' },
      ],
    },
    to_Customer: {
      ...{ OrderIsBlockedForCustomer: '', PostingIsBlocked: false, DeletionIndicator: false, VATRegistration: '' },
      to_CustomerCompany: {
        results: [
          { CompanyCode: '0001', PaymentTerms: '0001', DeletionIndicator: false },
          { CompanyCode: '1010', PaymentTerms: 'NT30', DeletionIndicator: false },
        ],
      },
      to_CustomerSalesArea: {
        results: [
          {
            ...{ SalesOrganization: '1010', DistributionChannel: '10', Division: '00' },
            ...{ Currency: 'EUR', CustomerPaymentTerms: 'NT60', OrderIsBlockedForCustomer: '' },
          },
        ],
      },
      ...customer,
    },
    ...more,
  };
}

const rules = { salesAreas: config.salesAreas, timeZone: 'Europe/Berlin', taxTypes: ['DE0'] };
const map = (row: Row) => mapCustomerAccount({ row, customerId }, origin, rules);

describe('a business partner', () => {
  it('is an account, by the places that the configuration names first', () => {
    expect(map(partner())).toMatchObject({
      value: {
        ...{
          lifecycle: 'ACTIVE',
          number: '1000001',
          name: 'Feinmechanik Nord',
          taxId: 'DE1',
          customerId,
          blocked: false,
        },
        ...{ currency: 'EUR', paymentTerms: 'NT60', creditLimit: null, balance: null },
        source: { entity: 'Customer', id: '1000001', changedAt: '2026-03-10T08:00:00.000Z' },
      },
    });
    const changed = { LastChangeDate: '/Date(1783900800000)/', LastChangeTime: 'PT01H00M00S' };
    expect(map(partner(changed))).toMatchObject({ value: { source: { changedAt: '2026-07-12T23:00:00.000Z' } } });
  });

  it('is inactive or blocked by any of the flags that stop it', () => {
    expect(map(partner({ IsMarkedForArchiving: true }))).toMatchObject({ value: { lifecycle: 'INACTIVE' } });
    expect(map(partner({}, { DeletionIndicator: true }))).toMatchObject({ value: { lifecycle: 'INACTIVE' } });
    expect(map(partner({ BusinessPartnerIsBlocked: true }))).toMatchObject({ value: { blocked: true } });
    expect(map(partner({}, { OrderIsBlockedForCustomer: '01' }))).toMatchObject({ value: { blocked: true } });
    expect(map(partner({}, { PostingIsBlocked: true }))).toMatchObject({ value: { blocked: true } });
  });

  it('is refused for a currency that nobody knows or parts that are missing', () => {
    const strange = {
      results: [{ SalesOrganization: '1010', DistributionChannel: '10', Division: '00', Currency: 'XXQ' }],
    };
    expect(map(partner({}, { to_CustomerSalesArea: strange }))).toMatchObject({
      problem: { code: 'unknown-currency' },
    });
    expect(map(partner({ to_Customer: null }))).toMatchObject({ kind: 'refused', problem: { code: 'invalid-value' } });
  });

  it('says what the CRM owns only when it is a customer of ours', () => {
    expect(ownedInErp({ row: partner(), customerId }, ['DE0'])).toEqual({
      customerId,
      fields: {
        ...{
          OrganizationBPName1: 'Feinmechanik',
          OrganizationBPName2: ' Nord',
          OrganizationBPName3: '',
          OrganizationBPName4: '',
        },
        ...{ SearchTerm1: 'C-2001', BPTaxNumber: 'DE1' },
      },
    });
    expect(ownedInErp({ row: partner(), customerId: null }, ['DE0'])).toBeNull();
  });
});

const customer: CustomerContent = {
  ...{
    customerId,
    accountNumber: 'c-2001',
    name: `${'N'.repeat(40)}ord`,
    legalName: null,
    taxId: 'de1',
    currency: 'EUR',
  },
  ...{ lifecycle: 'ACTIVE', paymentTerms: 'Net 30' },
  billingAddress: {
    street: 'Deich 1\nHaus 3',
    city: 'Hamburg',
    region: 'Niedersachsen',
    postalCode: '20095',
    country: 'DE',
  },
};

describe('a customer that is brought into SAP', () => {
  it('is an organization with both roles, its address, and what each legal entity needs', () => {
    expect(newPartner(customer, [config.salesAreas['1010']!], config)).toEqual({
      ...{
        BusinessPartnerCategory: '2',
        BusinessPartnerGrouping: 'BP02',
        BusinessPartnerIDByExtSystem: customerKey(customerId),
      },
      ...{
        OrganizationBPName1: 'N'.repeat(40),
        OrganizationBPName2: 'ord',
        OrganizationBPName3: '',
        OrganizationBPName4: '',
      },
      SearchTerm1: 'C-2001',
      to_BusinessPartnerRole: [{ BusinessPartnerRole: 'FLCU00' }, { BusinessPartnerRole: 'FLCU01' }],
      to_BusinessPartnerAddress: [
        { StreetName: 'Deich 1', StreetPrefixName: 'Haus 3', PostalCode: '20095', CityName: 'Hamburg', Country: 'DE' },
      ],
      to_BusinessPartnerTax: [{ BPTaxType: 'DE0', BPTaxNumber: 'DE1' }],
      to_Customer: {
        to_CustomerCompany: [companyBody(customer, config.salesAreas['1010']!, config)],
        to_CustomerSalesArea: [salesAreaBody(customer, config.salesAreas['1010']!, config)],
      },
    });
    expect(companyBody(customer, config.salesAreas['1010']!, config)).toEqual({
      ...{ CompanyCode: '1010', ReconciliationAccount: '12100000', PaymentTerms: 'NT30' },
    });
  });

  it('says in one go everything that is missing', () => {
    expect(customerProblems(customer, config)).toEqual([]);
    const poor = {
      ...customer,
      name: ' ',
      accountNumber: 'x'.repeat(21),
      currency: null,
      paymentTerms: 'Net 7',
      billingAddress: null,
    };
    expect(customerProblems(poor, config)).toHaveLength(5);
    const abroad = { ...customer, billingAddress: { ...customer.billingAddress!, country: 'FR' } };
    expect(customerProblems(abroad, config)).toEqual(['no type of tax number is configured for FR']);
    const words = { ...customer, taxId: null, billingAddress: { ...customer.billingAddress!, country: 'Germany' } };
    expect(customerProblems(words, config)).toEqual(['"Germany" is not an ISO 3166 country']);
  });

  it('is compared by what SAP can hold of it', () => {
    expect(ownedFields(customer)).toMatchObject({
      SearchTerm1: 'C-2001',
      BPTaxNumber: 'DE1',
      OrganizationBPName2: 'ord',
    });
  });
});

describe('the clock of the system', () => {
  it('is read in its time zone, the repeated hour of autumn as the first', () => {
    expect(fromSystemTime('2026-07-01', '12:00:00', 'Europe/Berlin')).toBe('2026-07-01T10:00:00.000Z');
    expect(fromSystemTime('2026-10-25', '02:30:00', 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z');
    expect(systemDate('2026-07-01T22:30:00.000Z', 'Europe/Berlin')).toBe('2026-07-02');
  });
});
