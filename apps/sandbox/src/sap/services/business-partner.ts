import { addCompany, addSalesArea, checkCompany, checkSalesArea, noCheck } from '../books/customer.store.ts';
import {
  addAddress,
  addRole,
  addTaxNumber,
  belowPartner,
  changeBelow,
  changePartner,
  checkAddress,
  createPartner,
  removeBelow,
} from '../books/partner.store.ts';
import type { EntitySet, ODataService } from '../odata/model.ts';
import { dates, flags, instants, plain, texts } from './properties.ts';

const ofPartner = { BusinessPartner: 'BusinessPartner' };
const ofCustomer = { Customer: 'Customer' };

const partner: EntitySet = {
  name: 'A_BusinessPartner',
  view: 'v_business_partner',
  keys: ['BusinessPartner'],
  etag: 'ETag',
  pageSize: null,
  properties: [
    ...texts('create', { BusinessPartner: 10, BusinessPartnerCategory: 1, BusinessPartnerGrouping: 4 }),
    ...texts('never', { Customer: 10, Supplier: 10, BusinessPartnerFullName: 81, BusinessPartnerName: 81, ETag: 26 }),
    ...texts('never', { CreatedByUser: 12, LastChangedByUser: 12 }),
    ...texts('both', { CorrespondenceLanguage: 2, SearchTerm1: 20, SearchTerm2: 20, BusinessPartnerIDByExtSystem: 20 }),
    ...texts('both', {
      OrganizationBPName1: 40,
      OrganizationBPName2: 40,
      OrganizationBPName3: 40,
      OrganizationBPName4: 40,
    }),
    ...plain('never', 'Edm.Guid', 'BusinessPartnerUUID'),
    ...dates('never', 'CreationDate', 'LastChangeDate'),
    ...plain('never', 'Edm.Time', 'CreationTime', 'LastChangeTime'),
    ...flags('both', 'BusinessPartnerIsBlocked', 'IsMarkedForArchiving'),
  ],
  navigations: [
    { name: 'to_BusinessPartnerAddress', to: 'A_BusinessPartnerAddress', many: true, on: ofPartner },
    { name: 'to_BusinessPartnerRole', to: 'A_BusinessPartnerRole', many: true, on: ofPartner },
    { name: 'to_BusinessPartnerTax', to: 'A_BusinessPartnerTaxNumber', many: true, on: ofPartner },
    { name: 'to_Customer', to: 'A_Customer', many: false, on: { Customer: 'Customer' } },
  ],
  create: createPartner,
  update: changePartner,
};

const address: EntitySet = {
  name: 'A_BusinessPartnerAddress',
  view: 'v_partner_address',
  keys: ['BusinessPartner', 'AddressID'],
  etag: null,
  pageSize: null,
  properties: [
    ...texts('create', { BusinessPartner: 10 }),
    ...texts('never', { AddressID: 10, FullName: 80 }),
    ...texts('both', {
      CityName: 40,
      Country: 3,
      District: 40,
      HouseNumber: 10,
      Language: 2,
      POBox: 10,
      PostalCode: 10,
      Region: 3,
    }),
    ...texts('both', { StreetName: 60, StreetPrefixName: 40, StreetSuffixName: 40 }),
    ...plain('never', 'Edm.Guid', 'AddressUUID'),
    ...instants('ValidityStartDate', 'ValidityEndDate'),
  ],
  navigations: [],
  create: belowPartner('BusinessPartner', addAddress),
  update: changeBelow('partner_address', 'BusinessPartner', checkAddress),
  remove: (write, key) => removeBelow(write, 'partner_address', key),
};

const role: EntitySet = {
  name: 'A_BusinessPartnerRole',
  view: 'v_partner_role',
  keys: ['BusinessPartner', 'BusinessPartnerRole'],
  etag: null,
  pageSize: null,
  properties: [
    ...texts('create', { BusinessPartner: 10, BusinessPartnerRole: 6 }),
    ...instants('ValidFrom', 'ValidTo'),
  ],
  navigations: [],
  create: belowPartner('BusinessPartner', addRole),
};

const taxNumber: EntitySet = {
  name: 'A_BusinessPartnerTaxNumber',
  view: 'partner_tax_number',
  keys: ['BusinessPartner', 'BPTaxType'],
  etag: null,
  pageSize: null,
  properties: [
    ...texts('create', { BusinessPartner: 10, BPTaxType: 4 }),
    ...texts('both', { BPTaxNumber: 20, BPTaxLongNumber: 60 }),
  ],
  navigations: [],
  create: belowPartner('BusinessPartner', addTaxNumber),
  update: changeBelow('partner_tax_number', 'BusinessPartner', noCheck),
  remove: (write, key) => removeBelow(write, 'partner_tax_number', key),
};

const customer: EntitySet = {
  name: 'A_Customer',
  view: 'v_customer',
  keys: ['Customer'],
  etag: null,
  pageSize: null,
  properties: [
    ...texts('never', {
      Customer: 10,
      CreatedByUser: 12,
      CustomerFullName: 220,
      CustomerName: 80,
      VATRegistration: 20,
    }),
    ...texts('both', { BillingIsBlockedForCustomer: 2, CustomerAccountGroup: 4, CustomerClassification: 2 }),
    ...texts('both', { DeliveryIsBlocked: 2, OrderIsBlockedForCustomer: 2 }),
    ...dates('never', 'CreationDate'),
    ...flags('both', 'PostingIsBlocked', 'DeletionIndicator'),
  ],
  navigations: [
    { name: 'to_CustomerCompany', to: 'A_CustomerCompany', many: true, on: ofCustomer },
    { name: 'to_CustomerSalesArea', to: 'A_CustomerSalesArea', many: true, on: ofCustomer },
  ],
  update: changeBelow('customer', 'Customer', noCheck),
};

const company: EntitySet = {
  name: 'A_CustomerCompany',
  view: 'customer_company',
  keys: ['Customer', 'CompanyCode'],
  etag: null,
  pageSize: null,
  properties: [
    ...texts('create', { Customer: 10, CompanyCode: 4 }),
    ...texts('both', { ReconciliationAccount: 10, PaymentTerms: 4, PaymentMethodsList: 10, PaymentBlockingReason: 1 }),
    ...texts('both', { AccountByCustomer: 12, AlternativePayerAccount: 10, CustomerAccountNote: 30 }),
    ...flags('both', 'DeletionIndicator'),
  ],
  navigations: [],
  create: belowPartner('Customer', addCompany),
  update: changeBelow('customer_company', 'Customer', checkCompany),
};

const salesArea: EntitySet = {
  name: 'A_CustomerSalesArea',
  view: 'customer_sales_area',
  keys: ['Customer', 'SalesOrganization', 'DistributionChannel', 'Division'],
  etag: null,
  pageSize: null,
  properties: [
    ...texts('create', { Customer: 10, SalesOrganization: 4, DistributionChannel: 2, Division: 2 }),
    ...texts('both', {
      Currency: 5,
      CustomerPaymentTerms: 4,
      CustomerPricingProcedure: 2,
      CustomerGroup: 2,
      PriceListType: 2,
    }),
    ...texts('both', {
      CustomerAccountAssignmentGroup: 2,
      IncotermsClassification: 3,
      ShippingCondition: 2,
      DeliveryPriority: 2,
    }),
    ...texts('both', { SupplyingPlant: 4, OrderIsBlockedForCustomer: 2, BillingIsBlockedForCustomer: 2 }),
    ...flags('both', 'DeletionIndicator'),
  ],
  navigations: [],
  create: belowPartner('Customer', addSalesArea),
  update: changeBelow('customer_sales_area', 'Customer', checkSalesArea),
};

export const businessPartnerService: ODataService = {
  name: 'API_BUSINESS_PARTNER',
  entitySets: [partner, address, role, taxNumber, customer, company, salesArea],
  functions: [],
};
