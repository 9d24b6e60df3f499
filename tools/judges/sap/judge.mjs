// A client that nobody here wrote, driven at the SAP sandbox: the SAP Cloud SDK for JavaScript. Its generator reads the sandbox's
// $metadata, and what it generates reads, writes and batches; its HTTP client fetches CSRF tokens.
//
// Reads {"url", "client", "user", "password", "tokenUrl", ...} from standard input and prints one line per check. Its argument is
// the folder with the installed client. Exit code 0 when all checks hold.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const packages = process.argv[2];
const require = createRequire(join(packages, 'package.json'));
const { generate } = require('@sap-cloud-sdk/generator');
const { executeHttpRequest } = require('@sap-cloud-sdk/http-client');
const { setGlobalLogLevel } = require('@sap-cloud-sdk/util');
const { ts } = require('ts-morph');
const { BigNumber } = require('bignumber.js');
setGlobalLogLevel('error');

const sandbox = JSON.parse(await text(process.stdin));
const destination = {
  url: sandbox.url,
  authentication: 'BasicAuthentication',
  username: sandbox.user,
  password: sandbox.password,
  sapClient: sandbox.client,
};
const root = '/sap/opu/odata/sap';
const failures = [];

function check(name, holds, seen) {
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${name}${holds ? '' : `: ${JSON.stringify(seen)}`}`);
  if (!holds) failures.push(name);
}

/** Status and SAP's code of a refusal. */
async function refusal(call) {
  try {
    await call();
    return 'no error';
  } catch (error) {
    const answer = error.response ?? error.rootCause?.response ?? error.cause?.response;
    return `${answer?.status} ${answer?.data?.error?.code ?? error.message}`;
  }
}

async function clientOf(services) {
  const folder = join(packages, `generated-${process.pid}`);
  const [input, output] = [join(folder, 'metadata'), join(folder, 'client')];
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(input, { recursive: true });
  for (const service of services) {
    const { data } = await executeHttpRequest(destination, { method: 'get', url: `${root}/${service}/$metadata` });
    writeFileSync(join(input, `${service}.edmx`), data);
  }
  const options = services.map((name) => [
    join(input, `${name}.edmx`).slice(process.cwd().length + 1),
    { basePath: `${root}/${name}`, directoryName: name, packageName: name },
  ]);
  const optionsPerService = join(folder, 'options.json');
  writeFileSync(optionsPerService, JSON.stringify(Object.fromEntries(options)));
  await generate({
    input,
    outputDir: output,
    optionsPerService,
    ...{ transpile: false, overwrite: true, skipValidation: true, packageJson: false, readme: false },
  });
  // It is run and not type-checked, which would take longer than all the checks.
  writeFileSync(join(output, 'package.json'), '{"type":"commonjs"}');
  const compilerOptions = { module: 'commonjs', target: 'es2022' };
  for (const file of readdirSync(output, { recursive: true }).filter((name) => name.endsWith('.ts'))) {
    const { outputText } = ts.transpileModule(readFileSync(join(output, file), 'utf8'), { compilerOptions });
    writeFileSync(join(output, file.replace(/ts$/, 'js')), outputText);
  }
  return services.map((service) => require(join(output, service, 'index.js')));
}

process.chdir(packages);
const [partners, orders] = await clientOf(['API_BUSINESS_PARTNER', 'API_SALES_ORDER_SRV']);
const { businessPartnerApi, customerApi } = partners.apiBusinessPartner();
const { salesOrderApi, salesOrderItemApi } = orders.apiSalesOrderSrv();
check('the generator understands the metadata', salesOrderApi !== undefined && customerApi !== undefined);

const partner = (name, reference) =>
  businessPartnerApi.entityBuilder().fromJson({
    businessPartnerCategory: '2',
    organizationBpName1: name,
    businessPartnerIdByExtSystem: reference,
    toBusinessPartnerRole: ['FLCU00', 'FLCU01'].map((businessPartnerRole) => ({ businessPartnerRole })),
    toBusinessPartnerAddress: [{ country: 'DE', cityName: 'Hamburg', postalCode: '20095', streetName: 'Deich' }],
    toCustomer: {
      toCustomerCompany: [{ companyCode: '1010', reconciliationAccount: '12100000', paymentTerms: 'NT30' }],
      toCustomerSalesArea: [
        {
          ...{ salesOrganization: '1010', distributionChannel: '10', division: '00' },
          ...{ currency: 'EUR', customerPaymentTerms: 'NT30' },
        },
      ],
    },
  });
const create = (entity) => businessPartnerApi.requestBuilder().create(entity).execute(destination);

const first = await create(partner('Judged & Söhne', 'J1'));
check('a partner is created whole', /^\d+$/.test(first.businessPartner) && first.customer !== '', first);
for (let n = 2; n <= 8; n += 1) await create(partner(`Page ${n}`, `J${n}`));

const { BUSINESS_PARTNER, ORGANIZATION_BP_NAME_1, BUSINESS_PARTNER_ID_BY_EXT_SYSTEM, TO_BUSINESS_PARTNER_ADDRESS } =
  businessPartnerApi.schema;
const all = () => businessPartnerApi.requestBuilder().getAll();
const found = await all()
  .filter(ORGANIZATION_BP_NAME_1.equals('Judged & Söhne'))
  .select(BUSINESS_PARTNER, ORGANIZATION_BP_NAME_1, TO_BUSINESS_PARTNER_ADDRESS)
  .execute(destination);
check(
  'a filter, a selection and an expansion are answered',
  found.length === 1 && found[0].toBusinessPartnerAddress[0].cityName === 'Hamburg',
  found,
);
const window = await all()
  .orderBy(businessPartnerApi.schema.BUSINESS_PARTNER)
  .skip(2)
  .top(2)
  .filter(BUSINESS_PARTNER_ID_BY_EXT_SYSTEM.notEquals(''))
  .execute(destination);
check(
  'top, skip and order make a window',
  window.map((each) => each.businessPartnerIdByExtSystem).join() === 'J3,J4',
  window,
);
const count = await all().count().execute(destination);
check('a count is answered', count >= 8, count);

const rows = [];
let url = `${root}/API_BUSINESS_PARTNER/A_BusinessPartner?$select=BusinessPartner&$inlinecount=allpages`;
let pages = 0;
for (; url !== undefined; pages += 1) {
  const { data } = await executeHttpRequest(destination, { method: 'get', url });
  rows.push(...data.d.results.map((each) => each.BusinessPartner));
  url = data.d.__next?.replace(sandbox.url, '');
}
check(
  'the server pages, and its next page is followed as it is',
  pages === Math.ceil(count / 3) && new Set(rows).size === count,
  { pages, rows },
);

const byKey = await businessPartnerApi.requestBuilder().getByKey(first.businessPartner).execute(destination);
check('an entity has an ETag', byKey.versionIdentifier?.startsWith('W/"'), byKey.versionIdentifier);
check('a date that was never set is null', byKey.lastChangeDate === null, byKey.lastChangeDate);
byKey.searchTerm1 = 'JUDGED';
const changed = await businessPartnerApi.requestBuilder().update(byKey).execute(destination);
const after = await businessPartnerApi.requestBuilder().getByKey(first.businessPartner).execute(destination);
check('an update changes what was changed', after.searchTerm1 === 'JUDGED' && changed !== undefined, after.searchTerm1);
check('and moves the ETag', after.versionIdentifier !== byKey.versionIdentifier, after.versionIdentifier);
byKey.searchTerm1 = 'LATE';
const stale = await refusal(() => businessPartnerApi.requestBuilder().update(byKey).execute(destination));
check('an old ETag is refused', stale.startsWith('412'), stale);

const order = (customer, net) =>
  salesOrderApi.entityBuilder().fromJson({
    ...{ salesOrderType: 'OR', salesOrganization: '1010', distributionChannel: '10', organizationDivision: '00' },
    soldToParty: customer,
    purchaseOrderByCustomer: "O'Judge",
    toItem: [
      {
        material: 'SERVICE',
        requestedQuantity: new BigNumber('1.5'),
        toPricingElement: [{ conditionType: 'DRV1', conditionRateValue: new BigNumber(net) }],
      },
    ],
  });
const placed = await salesOrderApi.requestBuilder().create(order(first.customer, '1234.56')).execute(destination);
const { TO_ITEM, PURCHASE_ORDER_BY_CUSTOMER } = salesOrderApi.schema;
const [read] = await salesOrderApi
  .requestBuilder()
  .getAll()
  .filter(PURCHASE_ORDER_BY_CUSTOMER.equals("O'Judge"))
  .select(salesOrderApi.schema.ALL_FIELDS, TO_ITEM)
  .execute(destination);
check('amounts and quantities are exact', read.totalNetAmount.toFixed(2) === '1234.56', read.totalNetAmount);
check('of the items, too', read.toItem[0].requestedQuantity.toFixed(3) === '1.500', read.toItem[0].requestedQuantity);
check('an instant is one', Math.abs(read.lastChangeDateTime.valueOf() - Date.now()) < 600_000, read.lastChangeDateTime);
check('a quote in a filter is a quote', read.salesOrder === placed.salesOrder, read.salesOrder);
const unknown = await refusal(() => salesOrderApi.requestBuilder().create(order('4711', '1')).execute(destination));
check('a refusal names the message', unknown === '400 V1/149', unknown);
const missing = await refusal(() => salesOrderApi.requestBuilder().getByKey('999').execute(destination));
check('an unknown key is not found', missing.startsWith('404'), missing);

const { batch, changeset } = orders;
const [ordersBefore, set, itemsOfOne] = await batch(
  salesOrderApi.requestBuilder().getAll().select(salesOrderApi.schema.SALES_ORDER),
  changeset(
    salesOrderApi.requestBuilder().create(order(first.customer, '1')),
    salesOrderApi.requestBuilder().create(order(first.customer, '2')),
  ),
  salesOrderItemApi.requestBuilder().getAll().filter(salesOrderItemApi.schema.SALES_ORDER.equals(placed.salesOrder)),
).execute(destination);
check(
  'a batch reads, writes a change set and reads again',
  ordersBefore.isSuccess() && set.isWriteResponses() && itemsOfOne.isSuccess(),
);
check('each write of it is a 201', set.responses.map(({ httpCode }) => httpCode).join() === '201,201', set.responses);
check('its rows are read', itemsOfOne.as(salesOrderItemApi).length === 1, itemsOfOne.body);
const failed = await batch(
  changeset(
    salesOrderApi.requestBuilder().create(order(first.customer, '3')),
    salesOrderApi.requestBuilder().create(order('4711', '4')),
  ),
  salesOrderApi.requestBuilder().getAll().select(salesOrderApi.schema.SALES_ORDER),
).execute(destination);
check(
  'a change set with a bad write is one error and leaves nothing',
  failed.length === 2 &&
    !failed[0].isSuccess() &&
    failed[0].httpCode === 400 &&
    failed[1].as(salesOrderApi).length === ordersBefore.as(salesOrderApi).length + 2,
  failed.map(({ httpCode }) => httpCode),
);

const wrongPassword = { ...destination, password: 'wrong' };
check('a wrong password is refused', (await refusal(() => all().execute(wrongPassword))).startsWith('401'));
const { status: withoutToken } = await fetch(`${sandbox.url}${root}/API_SALES_ORDER_SRV/A_SalesOrder`, {
  method: 'POST',
  headers: { authorization: `Basic ${btoa(`${sandbox.user}:${sandbox.password}`)}` },
});
check('a write without a token is refused, so the client has fetched one', withoutToken === 403, withoutToken);
await fetch(`${sandbox.url}/sandbox/sessions`, { method: 'DELETE' });
const later = await refusal(() =>
  salesOrderApi.requestBuilder().create(order(first.customer, '5')).execute(destination),
);
check('a write in a new session works', later === 'no error', later);

console.log(`SAP Cloud SDK: ${failures.length > 0 ? `${failures.length} checks FAILED` : 'agrees with the sandbox'}`);
process.exit(failures.length > 0 ? 1 : 0);
