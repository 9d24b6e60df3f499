import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkContracts, describeFinding } from './check.ts';
import { readContractFiles, type ContractFiles } from './contracts.ts';
import { MANIFEST, manifestOf } from './gates-released.ts';
import { releaseFiles } from './release.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const SCHEMAS = resolve(ROOT, 'schemas');
/** Today's contracts, all of them released as they stand: what the gates compare the edits below with. */
const released = withoutReleases(readContractFiles(SCHEMAS));

describe('the contracts of this repository', () => {
  it('hold every rule', () => {
    expect(findings(readContractFiles(SCHEMAS))).toEqual([]);
  });

  it('hold every rule right after a release, and a second release has nothing to do', () => {
    expect(findings(released)).toEqual([]);
    expect(releaseFiles(released).size).toBe(0);
  });
});

describe('a schema is refused', () => {
  it.each<[string, SchemaEdit, string]>([
    ['with a field without doc', (s) => delete field(s, 'gross').doc, 'invoice.v1.avsc: gross: has no doc'],
    [
      'with a nested field without doc',
      (s) => delete field(itemsOf(field(s, 'lines')), 'net').doc,
      'invoice.v1.avsc: lines[].net: has no doc',
    ],
    [
      'with another decimal scale',
      (s) => (field(s, 'gross').type.scale = 2),
      'invoice.v1.avsc: gross: changed from decimal(19,4) to decimal(19,2)',
    ],
    [
      'with another decimal precision',
      (s) => (field(s, 'net').type.precision = 18),
      'invoice.v1.avsc: net: changed from decimal(19,4) to decimal(18,4)',
    ],
    [
      'with a decimal type that is not ours',
      (s) => (field(s, 'gross').type.scale = 2),
      'gross: is decimal(19,2); amounts are decimal(19,4)',
    ],
    [
      'with a removed enum symbol',
      (s) => removeSymbol(s, 'VOIDED'),
      'invoice.v1.avsc: lifecycle: symbol VOIDED was removed',
    ],
    [
      'with an enum without default',
      (s) => delete field(s, 'lifecycle').type.default,
      'lifecycle: enum InvoiceLifecycle has no default UNKNOWN',
    ],
    [
      'with an enum whose default is another symbol',
      (s) => (field(s, 'lifecycle').type.default = 'OPEN'),
      'lifecycle: enum InvoiceLifecycle has no default UNKNOWN',
    ],
    [
      'with a mandatory field removed',
      (s) => drop(s, 'number'),
      'invoice.v1.avsc: number: was removed but has no default',
    ],
    [
      'with a mandatory field added',
      (s) => s.fields.push({ name: 'extra', type: 'string', doc: 'x' }),
      'extra: was added without a default',
    ],
    [
      'with a field that became optional',
      (s) => Object.assign(field(s, 'number'), { type: ['null', 'string'], default: null }),
      'number: became optional',
    ],
    [
      'with a field of another type',
      (s) => (field(s, 'period').type = 'int'),
      'period: changed its type from string to int',
    ],
    [
      'with a type that Avro would promote',
      (s) => (field(s, 'revision').type = 'int'),
      'revision: changed its type from long to int',
    ],
    [
      'with bytes for text, which Avro takes for the same',
      (s) => (field(s, 'period').type = 'bytes'),
      'period: changed its type from string to bytes',
    ],
    [
      'with a date that lost its meaning',
      (s) => (field(s, 'issueDate').type = 'int'),
      'issueDate: changed its type from date (int) to int',
    ],
    [
      'with a union of two types',
      (s) => (field(s, 'dueDate').type = ['null', 'string', 'int']),
      'dueDate: is the union null or string or int',
    ],
    [
      'with null in second place',
      (s) => (field(s, 'contractId').type = ['string', 'null']),
      'contractId: is the union string or null',
    ],
    [
      'with an optional field without default',
      (s) => delete field(s, 'contractId').default,
      'contractId: is optional without default null',
    ],
    [
      'with a floating point number',
      (s) => addOptional(s, 'rate', 'double'),
      'rate: is double; binary floating point is not exact',
    ],
    [
      'with a local timestamp',
      (s) => addOptional(s, 'seenAt', { type: 'long', logicalType: 'timestamp-micros' }),
      'seenAt: has the logical type timestamp-micros',
    ],
    ['with an id that is a number', (s) => addOptional(s, 'orderId', 'long'), 'orderId: is an id of type long'],
    ['with a type that contains itself', (s) => addOptional(s, 'origin', 'Invoice'), 'origin: Invoice contains itself'],
    [
      'without revision on a state topic',
      (s) => drop(s, 'revision'),
      'revision: is missing: a state topic orders by a long revision',
    ],
    ['without source where a system owns fields', (s) => drop(s, 'source'), 'source: is missing'],
    ['without its key', (s) => drop(s, 'invoiceId'), 'invoiceId: is the record key'],
    ['with another record name', (s) => (s.name = 'Bill'), 'the record is called Bill, by its topic it is Invoice'],
    ['with another namespace', (s) => (s.namespace = 'other'), 'its namespace is other, by its topic it is finance.v1'],
    [
      'with a shared type of its own',
      (s) => field(s, 'source').type.fields.push({ name: 'x', type: ['null', 'string'], default: null, doc: 'x' }),
      'defines finance.v1.Source differently',
    ],
  ])('%s', (_, edit, expected) => {
    expect(findings(editSchema(released, 'invoice.v1', edit)).join('\n')).toContain(expected);
  });

  it('when it is not JSON, naming the file', () => {
    expect(findings(edited(released, 'invoice.v1.avsc', () => '{'))).toEqual([
      expect.stringContaining('schemas/invoice.v1.avsc:'),
    ]);
  });
});

describe('a schema may', () => {
  it.each<[string, SchemaEdit]>([
    ['gain an optional field', (s) => addOptional(s, 'note', 'string')],
    ['lose an optional field', (s) => drop(s, 'contractId')],
    ['gain a symbol', (s) => field(s, 'lifecycle').type.symbols.push('FACTORED')],
    ['change a doc', (s) => (field(s, 'gross').doc = 'Better words.')],
  ])('%s, when its new version has a sample', (_, edit) => {
    const changed = editSchema(released, 'invoice.v1', edit);
    const incompatible = findings(changed).filter((text) => !/ownership|sample|missing/.test(text));
    expect(incompatible).toEqual([]);
    expect(findings(changed)).toContainEqual(expect.stringContaining('samples/invoice.v1.r2.json: is missing'));
  });
});

describe('a released file is refused', () => {
  it('when it was edited', () => {
    const files = edited(released, 'released/invoice.v1.r1.avsc', (text) => text.replace('Amount with tax', 'Amount'));
    expect(findings(files).join('\n')).toContain('released/invoice.v1.r1.avsc: was edited after its release');
  });

  it('when it is gone', () => {
    const files = new Map([...released].filter(([name]) => name !== 'released/payment.v1.r1.avsc'));
    expect(findings(files).join('\n')).toContain('released/payment.v1.r1.avsc: was released and is gone');
  });

  it('when it came there without a release', () => {
    const files = new Map([...released, ['released/payment.v1.r2.avsc', released.get('payment.v1.avsc') ?? '']]);
    expect(findings(files).join('\n')).toContain('released/payment.v1.r2.avsc: is not in the manifest');
  });

  it('when its sample was edited', () => {
    const files = edited(released, 'samples/invoice.v1.r1.json', (text) => text.replace('"108.1"', '"108.2"'));
    expect(findings(files).join('\n')).toContain('samples/invoice.v1.r1.json: was edited after its release');
  });

  it('also when a later release comes after the edit', () => {
    const tampered = edited(released, 'released/invoice.v1.r1.avsc', (text) =>
      text.replace('Amount with tax', 'Amount'),
    );
    const next = new Map([...tampered, ...releaseFiles(editSchema(tampered, 'payment.v1', (s) => (s.doc = 'Other.')))]);
    expect(findings(next).join('\n')).toContain('released/invoice.v1.r1.avsc: was edited after its release');
  });
});

describe('a sample is refused', () => {
  it.each<[string, (sample: Json) => unknown, string]>([
    ['when a field is missing', (sample) => delete sample.gross, 'gross is missing'],
    ['when a name is not in the schema', (sample) => (sample.gros = '1'), 'gros is not in the schema'],
    ['with too many decimals', (sample) => (sample.gross = '1.00001'), '5 decimals'],
    ['with an amount that is a number', (sample) => (sample.gross = 1.5), 'not a decimal text'],
    ['that does not read back as it is written', (sample) => (sample.gross = '108.10'), 'gross reads back as "108.1"'],
  ])('%s', (_, edit, expected) => {
    const open = withoutFreeze(released, 'invoice.v1');
    const files = edited(open, 'samples/invoice.v1.r1.json', (text) => editJson(text, edit));
    expect(findings(files).join('\n')).toContain(`samples/invoice.v1.r1.json: ${''}`);
    expect(findings(files).join('\n')).toContain(expected);
  });

  it('when there is none', () => {
    const files = new Map([...released].filter(([name]) => name !== 'samples/break.v1.r1.json'));
    expect(findings(files).join('\n')).toContain('samples/break.v1.r1.json: is missing');
  });

  it('of an older version when the current reader cannot decode it', () => {
    const older = editSchema(released, 'invoice.v1', (s) => (field(s, 'gross').type.scale = 2));
    expect(findings(older).join('\n')).toMatch(/samples\/invoice\.v1\.r1\.json: .*cannot read/);
  });
});

describe('topics.yaml and ownership.yaml are refused', () => {
  it.each([
    [
      'a topic without schema',
      'topics.yaml',
      /finance\.invoice\.v1:/,
      'finance.receipt.v1:',
      'schemas/receipt.v1.avsc: missing',
    ],
    [
      'a state topic that parks',
      'topics.yaml',
      /poison: supersede/,
      'poison: park',
      'customer.v1.poison: is park; on a state topic it is supersede',
    ],
    [
      'a fact topic without retention',
      'topics.yaml',
      / {4}retention: 30\n/,
      '',
      'snapshot-request.v1.retention: is missing',
    ],
    ['a weaker compatibility', 'topics.yaml', /FULL_TRANSITIVE/, 'BACKWARD', 'compatibility: is BACKWARD'],
    [
      'a state topic that deletes',
      'topics.yaml',
      /cleanup.policy: compact/,
      'cleanup.policy: delete',
      'cleanup.policy: is delete',
    ],
    ['a property that nobody reads', 'topics.yaml', /kind: state/, 'kind: state\n    retentoin: 3', 'retentoin'],
    [
      'a field without system of record',
      'ownership.yaml',
      /disputed,/,
      '',
      'finance.invoice.v1.disputed: has no system of record',
    ],
    [
      'a field with two systems of record',
      'ownership.yaml',
      /tieout: \[invoiceId,/,
      'tieout: [invoiceId, gross,',
      'finance.invoice.v1.gross: has more than one',
    ],
    [
      'a field that is not there',
      'ownership.yaml',
      /tieout: \[invoiceId,/,
      'tieout: [invoiceId, ghost,',
      'finance.invoice.v1.ghost: is not a field',
    ],
    [
      'a governed field that we compute ourselves',
      'ownership.yaml',
      /governed: \[taxId/,
      'governed: [revision',
      'finance.customer.v1.revision: is governed and no system of record has it',
    ],
    [
      'a governed field that is not there',
      'ownership.yaml',
      /governed: \[taxId/,
      'governed: [taxid',
      'finance.customer.v1.taxid: is governed and no system of record has it',
    ],
    [
      'a system that is not known',
      'ownership.yaml',
      /crm: \[/,
      'crn: [',
      'finance.customer-account.v1.crn: is not a system of record',
    ],
    [
      'a topic that is not there',
      'ownership.yaml',
      /finance\.break\.v1:/,
      'finance.brake.v1:',
      'finance.brake.v1: is not a topic',
    ],
  ])('with %s', (_, file, from, to, expected) => {
    const files = edited(released, file, (text) => text.replace(from, to));
    expect(files.get(file)).not.toBe(released.get(file));
    expect(findings(files).join('\n')).toContain(expected);
  });

  it('with a schema that no topic has', () => {
    const files = new Map([...released, ['ledger-balance.v1.avsc', '{}']]);
    expect(findings(files).join('\n')).toContain('topics.yaml: ledger-balance.v1.avsc: has no entry');
  });

  it('when a service subscribes to a topic that does not list it, and the other way round', () => {
    const text = checkContracts(released, new Map([['planning-publisher', new Set(['finance.customer.v1'])]]))
      .map(describeFinding)
      .join('\n');
    expect(text).toContain('finance.customer.v1.consumers: does not list planning-publisher');
    expect(text).toContain('finance.invoice.v1.consumers: lists planning-publisher, which does not subscribe');
  });
});

// Edited as a person would edit the file, so it is plain JSON.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Json = any;
type SchemaEdit = (schema: Json) => unknown;

function findings(files: ContractFiles): readonly string[] {
  return checkContracts(files).map(describeFinding);
}

function withoutReleases(files: ContractFiles): ContractFiles {
  const open = new Map([...files].filter(([name]) => !name.startsWith('released/')));
  const samples = [...open.keys()].filter((name) => /\.r([2-9]|\d\d)\.json$/.test(name));
  // The newest sample becomes that of release 1, so that these tests do not change with the history.
  for (const name of samples) {
    open.set(name.replace(/\.r\d+\.json$/, '.r1.json'), open.get(name) ?? '');
    open.delete(name);
  }
  return new Map([...open, ...releaseFiles(open)]);
}

function withoutFreeze(files: ContractFiles, file: string): ContractFiles {
  const open = new Map([...files].filter(([name]) => name !== `released/${file}.r1.avsc`));
  return open.set(MANIFEST, JSON.stringify(manifestOf(open)));
}

function edited(files: ContractFiles, name: string, edit: (text: string) => string): Map<string, string> {
  return new Map([...files, [name, edit(files.get(name) ?? '')]]);
}

function editSchema(files: ContractFiles, file: string, edit: SchemaEdit): Map<string, string> {
  return edited(files, `${file}.avsc`, (text) => editJson(text, edit));
}

function editJson(text: string, edit: (json: Json) => unknown): string {
  const json: Json = JSON.parse(text);
  edit(json);
  return JSON.stringify(json);
}

const field = (schema: Json, name: string): Json => schema.fields.find((each: Json) => each.name === name);
const itemsOf = (array: Json): Json => array.type.items;
const drop = (schema: Json, name: string): unknown =>
  (schema.fields = schema.fields.filter((each: Json) => each.name !== name));
const addOptional = (schema: Json, name: string, type: Json): unknown =>
  schema.fields.push({ name, type: ['null', type], default: null, doc: 'x' });
const removeSymbol = (schema: Json, symbol: string): unknown => {
  const { type } = field(schema, 'lifecycle');
  return (type.symbols = type.symbols.filter((each: string) => each !== symbol));
};
