import { describe, expect, it } from 'vitest';
import { balance, camt, entry, IBAN, statement } from './camt.fixture.ts';
import { parseStatements, readItems, statementChain, type Reading } from './index.ts';

const read = (text: string | Buffer): Promise<Reading> => readItems([Buffer.from(text)]);

const details = (...list: string[]): string =>
  `<NtryDtls>${list.map((one) => `<TxDtls>${one}</TxDtls>`).join('')}</NtryDtls>`;
const transactionAmount = (amount: string, currency = 'EUR'): string =>
  `<AmtDtls><TxAmt><Amt Ccy="${currency}">${amount}</Amt></TxAmt></AmtDtls>`;

describe('a camt.053 statement', () => {
  it('becomes items and a statement with balances', () => {
    const one = `<Refs><AcctSvcrRef>B-77</AcctSvcrRef><EndToEndId>E2E-1</EndToEndId></Refs>
      <RltdPties><Dbtr><Nm>Müller &amp; S&#xF6;hne</Nm></Dbtr><DbtrAcct><Id><IBAN>FR76</IBAN></Id></DbtrAcct></RltdPties>
      <RmtInf><Ustrd>Invoice INV-1</Ustrd><Ustrd>thanks</Ustrd></RmtInf>`;
    const codes = '<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>';
    const entries = [
      entry({ amount: '150.50', more: `<ValDt><Dt>2026-04-01</Dt></ValDt>${codes}${details(one)}` }),
      entry({ amount: '50.00', direction: 'DBIT', day: '2026-03-30' }),
    ];
    const text = camt([
      statement({
        id: 'S-31',
        sequence: 31,
        from: '2026-03-30',
        to: '2026-03-31',
        opening: '-10.00',
        closing: '90.50',
        entries,
      }),
    ]);
    const { statements, problems, refused, notes } = parseStatements(Buffer.from(text));
    expect({ problems, refused, notes }).toEqual({ problems: [], refused: [], notes: [] });
    expect(statements).toMatchObject([
      {
        account: IBAN,
        statementId: 'S-31',
        sequence: 31,
        from: '2026-03-30',
        to: '2026-03-31',
        currency: 'EUR',
        opening: '-10',
        closing: '90.5',
        moved: '100.5',
        lines: [
          {
            id: `${IBAN}/S-31/1`,
            amount: '150.5',
            currency: 'EUR',
            date: '2026-03-31',
            reference: 'E2E-1',
            counterparty: 'Müller & Söhne',
            text: 'Invoice INV-1 thanks',
            fields: {
              account: IBAN,
              statement: 'S-31',
              servicerReference: 'B-77',
              endToEndId: 'E2E-1',
              valueDate: '2026-04-01',
              bankCode: 'PMNT-RCDT-ESCT',
              counterpartyAccount: 'FR76',
            },
          },
          { id: `${IBAN}/S-31/2`, amount: '-50', date: '2026-03-30', reference: null, counterparty: null },
        ],
      },
    ]);
    expect(statementChain(statements)).toEqual([]);
  });

  it.each(['02', '03', '04', '06', '08', '10', '13'])('is read in version 001.%s', async (version) => {
    const isNew = Number(version) >= 8;
    const status = isNew ? '<Sts><Cd>BOOK</Cd></Sts>' : '<Sts>BOOK</Sts>';
    const payer = isNew ? '<Dbtr><Pty><Nm>Acme</Nm></Pty></Dbtr>' : '<Dbtr><Nm>Acme</Nm></Dbtr>';
    const text = camt(
      [
        statement({
          closing: '100.00',
          entries: [entry({ status, more: details(`<RltdPties>${payer}</RltdPties>`) })],
        }),
      ],
      version,
    );
    const { items, problems } = await read(text);
    expect(problems).toEqual([]);
    expect(items).toMatchObject([{ amount: '100', counterparty: 'Acme' }]);
  });

  it('is read with namespace prefixes, in an envelope and in the encoding that it declares', async () => {
    const plain = camt([
      statement({ closing: '100.00', entries: [entry({ more: '<AddtlNtryInf>Gebühr</AddtlNtryInf>' })] }),
    ]);
    const prefixed = plain
      .replace(/<(\/?)([A-Z])/g, '<$1n:$2')
      .replace('xmlns=', 'xmlns:n=')
      .replace('?>', '?><Envelope><Body>');
    const latin = Buffer.from(`${prefixed}</Body></Envelope>`.replace('UTF-8', 'ISO-8859-1'), 'latin1');
    const { items, problems } = await read(latin);
    expect(problems).toEqual([]);
    expect(items).toMatchObject([{ amount: '100', text: 'Gebühr' }]);
  });

  it('splits a batch booking whose details add up, of either version, and names what it was part of', async () => {
    const old = entry({
      amount: '30.00',
      direction: 'DBIT',
      more: details(transactionAmount('10.00'), transactionAmount('20.00')),
    });
    const newer = entry({
      amount: '70.00',
      more: details(
        '<Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>',
        '<Amt Ccy="EUR">30.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>',
      ),
    });
    const { items } = await read(camt([statement({ closing: '40.00', entries: [old, newer] })]));
    expect(items.map(({ id, amount }) => [id.split('/').at(-1), amount])).toEqual([
      ['1.1', '-10'],
      ['1.2', '-20'],
      ['2.1', '100'],
      ['2.2', '-30'],
    ]);
    expect(items[0]?.fields['batch']).toBe('one of 2, together -30');
  });

  it.each([
    ['do not add up', [transactionAmount('10.00'), transactionAmount('19.99')], /whose amounts do not add up/],
    [
      'have no amounts',
      ['<Refs><EndToEndId>A</EndToEndId></Refs>', '<Refs><EndToEndId>B</EndToEndId></Refs>'],
      /without amounts/,
    ],
    [
      'are in another currency',
      [transactionAmount('10.00', 'USD'), transactionAmount('20.00', 'USD')],
      /without amounts in its currency/,
    ],
  ])('keeps a batch booking whole when its details %s', async (_, list, why) => {
    const { items } = await read(
      camt([statement({ closing: '30.00', entries: [entry({ amount: '30.00', more: details(...list) })] })]),
    );
    expect(items).toMatchObject([{ amount: '30', fields: { batch: expect.stringMatching(why) } }]);
  });

  it('takes the sign of a reversal from its indicator, and its party from what it reverses', async () => {
    const parties = '<RltdPties><Dbtr><Nm>Us</Nm></Dbtr><Cdtr><Nm>Supplier</Nm></Cdtr></RltdPties>';
    const reason = '<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>';
    const returned = entry({ more: `<RvslInd>true</RvslInd>${details(parties + reason)}` });
    const { items } = await read(camt([statement({ closing: '100.00', entries: [returned] })]));
    expect(items).toMatchObject([
      { amount: '100', counterparty: 'Supplier', fields: { reversal: 'true', returnReason: 'AC04' } },
    ]);
  });

  it.each([
    ['the reference of the creditor', '<Strd><CdtrRefInf><Ref>RF18</Ref></CdtrRefInf></Strd>', 'RF18'],
    ['the one document', '<Strd><RfrdDocInf><Nb>INV-7</Nb></RfrdDocInf></Strd>', 'INV-7'],
    [
      'the end-to-end id when there are several documents',
      '<Strd><RfrdDocInf><Nb>A</Nb></RfrdDocInf></Strd><Strd><RfrdDocInf><Nb>B</Nb></RfrdDocInf></Strd>',
      'E2E',
    ],
    ['the end-to-end id', '', 'E2E'],
  ])('refers by %s', async (_, structured, reference) => {
    const detail = `<Refs><EndToEndId>E2E</EndToEndId></Refs><RmtInf>${structured}</RmtInf>`;
    const { items } = await read(camt([statement({ closing: '100.00', entries: [entry({ more: details(detail) })] })]));
    expect(items).toMatchObject([{ reference }]);
  });

  it('reads character data as it is, and entities once', async () => {
    const texts = '<Ustrd><![CDATA[A & B &lt;]]></Ustrd><Ustrd>&amp;lt; &#x41;&#66;</Ustrd>';
    const { items } = await read(
      camt([statement({ closing: '100.00', entries: [entry({ more: details(`<RmtInf>${texts}</RmtInf>`) })] })]),
    );
    expect(items).toMatchObject([{ text: 'A & B &lt; &lt; AB' }]);
  });

  it('leaves out what is not booked, and says so', async () => {
    const entries = [entry({}), entry({ status: '<Sts>PDNG</Sts>' }), entry({ status: '<Sts><Cd>INFO</Cd></Sts>' })];
    const { items, notes } = await read(camt([statement({ closing: '100.00', entries })]));
    expect(items.map(({ id }) => id)).toEqual([`${IBAN}/S1/1`]);
    expect(notes).toEqual([expect.stringContaining('2 entries that are not booked')]);
  });

  it('proves itself by the previous closing or by interim balances where a bank sends those', () => {
    const of = (balances: string): unknown => {
      const { statements } = parseStatements(Buffer.from(camt([statement({ balances, entries: [entry({})] })])));
      return [statements[0]?.opening, statements[0]?.closing, statementChain(statements)];
    };
    expect(of(balance('PRCD', '5.00', '2026-03-30') + balance('CLBD', '105.00', '2026-03-31'))).toEqual([
      '5',
      '105',
      [],
    ]);
    expect(of(balance('ITBD', '5.00', '2026-03-31') + balance('ITBD', '105.00', '2026-03-31'))).toEqual([
      '5',
      '105',
      [],
    ]);
  });
});

describe('an entry that cannot be read is named and kept', () => {
  it.each([
    ['an amount with a comma', entry({ amount: '100,00' }), /"100,00" is not a number/],
    ['a negative amount', entry({ amount: '-5.00' }), /"-5.00"/],
    ['an unknown currency', entry({ currency: 'XXQ' }), /"XXQ"/],
    ['no direction', entry({}).replace(/<CdtDbtInd>.*?<\/CdtDbtInd>/, ''), /sign is unknown/],
    ['a day that does not exist', entry({ day: '2026-02-30' }), /neither a booking nor a value date/],
  ])('%s', async (_, bad, reason) => {
    const { items, refused } = await read(camt([statement({ closing: '100.00', entries: [entry({}), bad] })]));
    expect(items).toHaveLength(1);
    expect(refused).toMatchObject([
      { id: `${IBAN}/S1/2`, problems: [{ at: 'statement S1, entry 2', reason: expect.stringMatching(reason) }] },
    ]);
  });
});

describe('a message of which nothing can be used', () => {
  const good = statement({ closing: '100.00', entries: [entry({})] });
  const deep = `${'<a>'.repeat(60)}${'</a>'.repeat(60)}`;
  it.each([
    ['a notification', camt([good]).replace('camt.053', 'camt.054'), 'unsupported-document', /camt\.054/],
    [
      'a payment order',
      '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><CstmrCdtTrfInitn/></Document>',
      'unsupported-document',
      /pain\.001/,
    ],
    ['no statement in it', camt([]), 'empty-file', /no statement/],
    ['broken XML', camt([good]).replace('</Stmt>', ''), 'malformed-xml', /broken at line 2/],
    [
      'a document type',
      camt([good]).replace('?>', '?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>'),
      'malformed-xml',
      /document type/,
    ],
    ['endless nesting', camt([good]).replace('<Stmt>', `<Stmt>${deep}`), 'malformed-xml', /nested/],
    ['the same statement twice', camt([good, good]), 'duplicate-statement', /2 times/],
    [
      'one page of several',
      camt([statement({ more: '<StmtPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></StmtPgntn>' })]),
      'missing-page',
      /several pages/,
    ],
    [
      'one page of several, told by the header',
      camt([good], '02', '<MsgPgntn><PgNb>2</PgNb><LastPgInd>true</LastPgInd></MsgPgntn>'),
      'missing-page',
      /several pages/,
    ],
    [
      'entries in another currency',
      camt([statement({ entries: [entry({ currency: 'USD' })] })]),
      'bad-currency',
      /USD on an account in EUR/,
    ],
    ['no account', camt([good.replace(/<IBAN>.*?<\/IBAN>/, '')]), 'unsupported-document', /no account/],
    [
      'balances that contradict each other',
      camt([statement({ balances: balance('PRCD', '1.00', '2026-03-30') + balance('OPBD', '2.00', '2026-03-31') })]),
      'incomplete-statement',
      /opens with 2/,
    ],
    [
      'an encoding that nobody can be sure of',
      camt([good]).replace('UTF-8', 'ISO-8859-15'),
      'wrong-encoding',
      /iso-8859-15/,
    ],
  ])('%s', async (_, text, code, reason) => {
    const { items, problems } = await read(text);
    expect(items).toEqual([]);
    expect(problems).toMatchObject([{ code, reason: expect.stringMatching(reason) }]);
  });
});
