/** Builds camt.053 messages for specs: only what a test names differs from a plain one. */
export interface EntryOptions {
  readonly amount?: string;
  readonly currency?: string;
  readonly direction?: 'CRDT' | 'DBIT';
  readonly status?: string;
  readonly day?: string;
  readonly more?: string;
}

export interface StatementOptions {
  readonly id?: string;
  readonly iban?: string;
  readonly sequence?: number;
  readonly from?: string;
  readonly to?: string;
  readonly opening?: string;
  readonly closing?: string;
  readonly balances?: string;
  readonly entries?: readonly string[];
  readonly more?: string;
}

export const IBAN = 'DE02120300000000202051';

export function entry({
  amount = '100.00',
  currency = 'EUR',
  direction = 'CRDT',
  status = '<Sts>BOOK</Sts>',
  day = '2026-03-31',
  more = '',
}: EntryOptions): string {
  return `<Ntry><Amt Ccy="${currency}">${amount}</Amt><CdtDbtInd>${direction}</CdtDbtInd>${status}<BookgDt><Dt>${day}</Dt></BookgDt>${more}</Ntry>`;
}

export function balance(code: string, amount: string, day: string): string {
  const [direction, digits] = amount.startsWith('-') ? ['DBIT', amount.slice(1)] : ['CRDT', amount];
  return `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${digits}</Amt><CdtDbtInd>${direction}</CdtDbtInd><Dt><Dt>${day}</Dt></Dt></Bal>`;
}

export function statement(options: StatementOptions): string {
  const {
    id = 'S1',
    iban = IBAN,
    sequence,
    from = '2026-03-31',
    to = from,
    opening = '0.00',
    closing = '0.00',
  } = options;
  const { balances = balance('OPBD', opening, from) + balance('CLBD', closing, to), entries = [], more = '' } = options;
  const number = sequence === undefined ? '' : `<ElctrncSeqNb>${sequence}</ElctrncSeqNb>`;
  const days = `<FrToDt><FrDtTm>${from}T00:00:00</FrDtTm><ToDtTm>${to}T23:59:59</ToDtTm></FrToDt>`;
  return `<Stmt><Id>${id}</Id>${number}${more}${days}<Acct><Id><IBAN>${iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>${balances}${entries.join('')}</Stmt>`;
}

export function camt(statements: readonly string[], version = '02', head = ''): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.${version}"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId>${head}</GrpHdr>${statements.join('')}</BkToCstmrStmt></Document>`;
}
