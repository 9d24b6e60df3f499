// Two clients that nobody here wrote, driven at the Salesforce sandbox: jsforce over REST, salesforce-pubsub-api-client over gRPC.
//
// Reads {"loginUrl", "consumerKey", "username", "privateKeyPem", "pubsubEndpoint", ...} from standard input and prints one line
// per check. Its argument is the folder with the installed clients. Exit code 0 when all checks hold.
import { createSign } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const require = createRequire(join(process.argv[2], 'package.json'));
const jsforce = require('jsforce');
const { default: PubSubApiClient } = require('salesforce-pubsub-api-client');

const sandbox = JSON.parse(await text(process.stdin));
const failures = [];

function check(name, holds, seen) {
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${name}${holds ? '' : `: ${JSON.stringify(seen)}`}`);
  if (!holds) failures.push(name);
}

/** Waits for what the other side does; nothing in the protocol says when. */
async function until(condition, what) {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within 20 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function assertion() {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    iss: sandbox.consumerKey,
    sub: sandbox.username,
    aud: sandbox.loginUrl,
    exp: Math.floor(Date.now() / 1000) + 180,
  };
  const signed = `${part({ alg: 'RS256' })}.${part(claims)}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(sandbox.privateKeyPem).toString('base64url')}`;
}

async function refusal(call) {
  try {
    await call();
    return 'no error';
  } catch (error) {
    return error.errorCode ?? error.name;
  }
}

// jsforce
const rest = new jsforce.Connection({
  loginUrl: sandbox.loginUrl,
  version: sandbox.apiVersion.slice(1),
  callOptions: { client: 'judge' },
  instanceUrl: sandbox.loginUrl,
});
const user = await rest.authorize({
  grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
  assertion: assertion(),
});
check('a JWT signs in and the id names org and user', /^00D/.test(user.organizationId) && /^005/.test(user.id), user);
const identity = await rest.identity().catch((error) => ({ error: error.errorCode }));
check('the identity of a session can be asked for', identity.organization_id === user.organizationId, identity);

// salesforce-pubsub-api-client
const logger = { debug() {}, info() {}, warn() {}, error: (...args) => console.log('    client:', ...args) };
const subscriber = new PubSubApiClient(
  {
    authType: 'oauth-jwt-bearer',
    loginUrl: sandbox.loginUrl,
    clientId: sandbox.consumerKey,
    username: sandbox.username,
    privateKey: sandbox.privateKeyPem,
    pubSubEndpoint: sandbox.pubsubEndpoint,
    rejectUnauthorizedSsl: false, // It takes no certificate from its user.
  },
  logger,
);
await subscriber.connect();
const seen = { '/data/AccountChangeEvent': [], '/data/ChangeEvents': [], '/data/Tieout__chn': [] };
const problems = [];
let keepalives = 0;
const listen = (subscription, kind, data) => {
  if (kind === 'event') seen[subscription.topicName].push(data);
  if (kind === 'error') problems.push(String(data?.message ?? data));
  if (kind === 'grpcKeepAlive') keepalives += 1;
};
for (const topic of Object.keys(seen)) subscriber.subscribe(topic, listen, 50);
// LATEST begins when the server has read the request, and its keepalive shows that it has.
await until(() => keepalives >= 3, 'a keepalive on each topic');

const account = rest.sobject('Account');
const first = await account.upsert({ External_Id__c: 'j-1', Name: 'Judged', BillingCity: 'Bern' }, 'External_Id__c');
check('an upsert creates', first.success && first.created, first);
const again = await account.upsert({ External_Id__c: 'j-1', BillingCity: 'Basel' }, 'External_Id__c');
check('the same upsert updates', again.success && again.created === false && again.id === first.id, again);
const contract = await rest
  .sobject('Contract')
  .create({ AccountId: first.id, StartDate: '2026-01-01', ContractTerm: 12 });
const lines = await rest.sobject('Contract_Line__c').create(
  [1, 2, 3].map((n) => ({
    Contract__c: contract.id,
    Bill_On__c: `2026-0${n}-01`,
    Net_Amount__c: n + 0.25,
    External_Id__c: `l-${n}`,
  })),
);
check('a collection creates one by one', lines.length === 3 && lines.every(({ success }) => success), lines);
const partial = await account.create([{ Name: 'Good' }, { Type: 'no name' }]);
const codes = partial.map(({ success, errors }) => [success, errors[0]?.statusCode]);
check(
  'a bad record in a collection fails alone',
  JSON.stringify(codes) === '[[true,null],[false,"REQUIRED_FIELD_MISSING"]]',
  codes,
);
check(
  'a contract is created as a draft',
  (await refusal(() => rest.sobject('Contract').create({ AccountId: first.id, Status: 'Activated' }))) ===
    'FAILED_ACTIVATION',
);

await account.create(Array.from({ length: 200 }, (_, i) => ({ Name: `Page ${i}`, Type: 'Paged' })));
await account.create(Array.from({ length: 200 }, (_, i) => ({ Name: `More ${i}`, Type: 'Paged' })));
const pages = await rest.query("SELECT Id, Name FROM Account WHERE Type = 'Paged' ORDER BY Id", {
  autoFetch: true,
  maxFetch: 1000,
  headers: { 'Sforce-Query-Options': 'batchSize=200' },
});
check(
  'a query is followed over its pages',
  pages.records.length === 400 && new Set(pages.records.map(({ Id }) => Id)).size === 400,
  pages.totalSize,
);
const sums = await rest.query(
  'SELECT CurrencyIsoCode, COUNT(Id) n, SUM(Net_Amount__c) FROM Contract_Line__c GROUP BY CurrencyIsoCode',
);
check('sums come as AggregateResult', sums.records[0].n === 3 && sums.records[0].expr0 === 6.75, sums.records);
const found = await account.find({ Name: 'Judged' }, ['Id', 'BillingCity', 'CreatedDate']);
check('records are found by field', found.length === 1 && found[0].BillingCity === 'Basel', found);
const line = await rest.sobject('Contract_Line__c').retrieve(lines[0].id);
check('a record is read with its numbers', line.Net_Amount__c === 1.25 && /^CL-/.test(line.Name), line);
check('a bad query is named', (await refusal(() => rest.query('SELECT Nope FROM Account'))) === 'INVALID_FIELD');
check('an unknown record is named', (await refusal(() => account.retrieve('0015g00000zzzzz'))) === 'NOT_FOUND');
check('the limit of calls is read from every answer', rest.limitInfo?.apiUsage?.used > 0, rest.limitInfo);
await rest.sobject('Contract').destroy(contract.id);
const deleted = await rest.query('SELECT Id FROM Contract_Line__c', { scanAll: true });
check('queryAll shows what went with its contract', deleted.records.length === 3, deleted.records);

const accounts = seen['/data/AccountChangeEvent'];
// Credit was for 50: the client asks for no more, as it was told.
await until(() => accounts.length === 50, '50 events of accounts');
// The client decodes events side by side, and the first ones wait for their schema.
const place = ({ payload: { ChangeEventHeader: header } }) => [Number(header.commitNumber), header.sequenceNumber];
const inOrder = (events) => events.toSorted((a, b) => place(a)[0] - place(b)[0] || place(a)[1] - place(b)[1]);
const [created, updated] = inOrder(accounts).map(({ payload }) => payload);
const header = created.ChangeEventHeader;
check('a new record is decoded', created.Name === 'Judged' && created.BillingAddress.City === 'Bern', created);
check(
  'its header says who and what',
  header.changeType === 'CREATE' && header.recordIds[0] === first.id && header.commitUser === user.id,
  header,
);
const changed = updated.ChangeEventHeader.changedFields;
check(
  'changed fields are read from the bitmaps',
  changed.includes('LastModifiedDate') && changed.includes('BillingAddress.City') && !changed.includes('Name'),
  changed,
);
check('what did not change is null', updated.Name === null && updated.BillingAddress.City === 'Basel', updated);
check(
  'the origin names the client',
  header.changeOrigin === `com/salesforce/api/rest/${sandbox.apiVersion.slice(1)};client=judge`,
  header.changeOrigin,
);
const channel = seen['/data/Tieout__chn'];
await until(() => channel.length === 50, '50 events of all objects');
const entities = new Set(channel.map(({ payload }) => payload.ChangeEventHeader.entityName));
check(
  'a channel of several objects is decoded',
  ['Account', 'Contract', 'Contract_Line__c'].every((name) => entities.has(name)),
  [...entities],
);
const amounts = inOrder(channel)
  .filter(({ payload }) => payload.Net_Amount__c)
  .map(({ payload }) => payload.Net_Amount__c);
check('amounts are doubles', JSON.stringify(amounts) === '[1.25,2.25,3.25]', amounts);
const transactions = new Set(
  channel.filter(({ payload }) => payload.Net_Amount__c).map(({ payload }) => payload.ChangeEventHeader.transactionKey),
);
check('a collection is one transaction', transactions.size === 1, [...transactions]);
check('nothing was unreadable', problems.length === 0, problems);
subscriber.close();

console.log(
  `jsforce, salesforce-pubsub-api-client: ${failures.length > 0 ? `${failures.length} checks FAILED` : 'agree with the sandbox'}`,
);
process.exit(failures.length > 0 ? 1 : 0);
