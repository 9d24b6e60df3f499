import { compare, sum, type DecimalString } from '@tieout/canonical';
import type { Item } from '@tieout/matching';
import { dayAt, signedAmount } from './camt-money.ts';
import { all, at, textAt, type XmlNode } from './xml.ts';

/** An entry of a statement that could be read. */
export interface CamtEntry {
  readonly amount: DecimalString;
  readonly currency: string;
  /** Booking day, else value day. */
  readonly date: string;
  readonly items: readonly Item[];
}

const LONGEST_TEXT = 10_000;

/**
 * The items of one entry: a batch booking becomes one item for each of its details when these add up to the entry, else the
 * entry stays whole and its evidence says why.
 * @param id of the entry: account, statement and place in it
 * @returns text: what is wrong with it
 */
export function readEntry(entry: XmlNode, id: string, common: Item['fields']): CamtEntry | string {
  const indicator = textAt(entry, 'CdtDbtInd');
  const whole = signedAmount(at(entry, 'Amt'), indicator);
  if (typeof whole === 'string') return whole;
  const date = dayAt(entry, 'BookgDt') ?? dayAt(entry, 'ValDt');
  if (date === null) return 'it has neither a booking nor a value date that exists';
  const base = { ...whole, date };
  const details = all(entry, 'NtryDtls').flatMap((group) => all(group, 'TxDtls'));
  if (details.length < 2) return { ...base, items: [itemOf(entry, details[0], id, base, common)] };
  const amounts = details.map((detail) => detailAmount(detail, indicator));
  const stated = amounts.filter((one) => typeof one !== 'string' && one.currency === whole.currency);
  const adds =
    stated.length === details.length &&
    compare(sum(stated.map((one) => (one as typeof whole).amount)), whole.amount) === 0;
  if (!adds) {
    const why = `${details.length} details, ${stated.length === details.length ? 'whose amounts do not add up to it' : 'without amounts in its currency'}`;
    return {
      ...base,
      items: [itemOf(entry, undefined, id, base, { ...common, batch: why, ...batchReferences(details) })],
    };
  }
  const batch = { ...common, batch: `one of ${details.length}, together ${whole.amount}` };
  const items = details.map((detail, index) =>
    itemOf(entry, detail, `${id}.${index + 1}`, { ...(amounts[index] as typeof whole), date }, batch),
  );
  return { ...base, items };
}

/** Versions before 04 have the amount of a detail only among its amount details. */
function detailAmount(detail: XmlNode, ofEntry: string | null): ReturnType<typeof signedAmount> {
  const amount = at(detail, 'Amt') ?? at(detail, 'AmtDtls', 'TxAmt', 'Amt');
  return signedAmount(amount, textAt(detail, 'CdtDbtInd') ?? ofEntry);
}

function batchReferences(details: readonly XmlNode[]): Item['fields'] {
  const references = details.map((detail) => referenceOf(detail)).filter((text) => text !== null);
  return references.length === 0 ? {} : { batchReferences: references.join(' ').slice(0, LONGEST_TEXT) };
}

function itemOf(
  entry: XmlNode,
  detail: XmlNode,
  id: string,
  { amount, currency, date }: { amount: DecimalString; currency: string; date: string },
  common: Item['fields'],
): Item {
  const isReversal = textAt(entry, 'RvslInd') === 'true' || textAt(entry, 'RvslInd') === '1';
  const other = otherParty(detail, amount, isReversal);
  return {
    id,
    amount,
    currency,
    date,
    reference: referenceOf(detail) ?? textAt(entry, 'NtryRef'),
    counterparty: other.name,
    text: textOf(entry, detail),
    legalEntity: null,
    reverses: null,
    changedAt: null,
    fields: {
      ...common,
      ...stated({
        ...fieldsOf(entry, detail),
        counterpartyAccount: other.account,
        reversal: isReversal ? 'true' : null,
      }),
    },
  };
}

/** What the payer says it is for: the creditor's own reference, the one document it names, else the payment's end-to-end id. */
function referenceOf(detail: XmlNode): string | null {
  const structured = all(at(detail, 'RmtInf'), 'Strd');
  const creditor = structured.map((one) => textAt(one, 'CdtrRefInf', 'Ref') ?? textAt(one, 'CdtrRefInf', 'CdtrRef'));
  const named = [...creditor.filter((text) => text !== null), ...documentsOf(detail)];
  return (new Set(named).size === 1 ? named[0] : creditor.find((text) => text !== null)) ?? endToEndId(detail);
}

function documentsOf(detail: XmlNode): string[] {
  const documents = all(at(detail, 'RmtInf'), 'Strd').flatMap((one) => all(one, 'RfrdDocInf'));
  return documents
    .map((document) => textAt(document, 'Nb') ?? textAt(document, 'RfrdDocNb'))
    .filter((text) => text !== null);
}

function endToEndId(detail: XmlNode): string | null {
  const id = textAt(detail, 'Refs', 'EndToEndId');
  return id === 'NOTPROVIDED' ? null : id;
}

/** Who paid, or was paid; the parties of a reversal keep the parts they had in what is reversed. */
function otherParty(
  detail: XmlNode,
  amount: DecimalString,
  isReversal: boolean,
): { name: string | null; account: string | null } {
  const role = amount.startsWith('-') === isReversal ? 'Dbtr' : 'Cdtr';
  const parties = at(detail, 'RltdPties');
  const name = (party: string): string | null => textAt(parties, party, 'Nm') ?? textAt(parties, party, 'Pty', 'Nm');
  const account = at(parties, `${role}Acct`, 'Id');
  return {
    name: name(role) ?? name(`Ultmt${role}`),
    account: textAt(account, 'IBAN') ?? textAt(account, 'Othr', 'Id'),
  };
}

function textOf(entry: XmlNode, detail: XmlNode): string | null {
  const lines = [
    ...all(at(detail, 'RmtInf'), 'Ustrd').map((line) => textAt(line)),
    textAt(detail, 'AddtlTxInf'),
    textAt(entry, 'AddtlNtryInf'),
  ];
  const known = [...new Set(lines.filter((line) => line !== null))];
  return known.join(' ').slice(0, LONGEST_TEXT) || null;
}

function fieldsOf(entry: XmlNode, detail: XmlNode): Record<string, string | null> {
  const domain = at(entry, 'BkTxCd', 'Domn');
  const code = [textAt(domain, 'Cd'), textAt(domain, 'Fmly', 'Cd'), textAt(domain, 'Fmly', 'SubFmlyCd')].filter(
    (text) => text !== null,
  );
  const instructed = at(detail, 'AmtDtls', 'InstdAmt', 'Amt');
  return {
    entryReference: textAt(entry, 'NtryRef'),
    servicerReference: textAt(detail, 'Refs', 'AcctSvcrRef') ?? textAt(entry, 'AcctSvcrRef'),
    endToEndId: endToEndId(detail),
    transactionId: textAt(detail, 'Refs', 'TxId'),
    mandateId: textAt(detail, 'Refs', 'MndtId'),
    valueDate: dayAt(entry, 'ValDt'),
    bankCode: code.join('-') || textAt(entry, 'BkTxCd', 'Prtry', 'Cd'),
    documents: documentsOf(detail).join(' ') || null,
    returnReason: textAt(detail, 'RtrInf', 'Rsn', 'Cd') ?? textAt(detail, 'RtrInf', 'Rsn', 'Prtry'),
    instructed:
      instructed === undefined ? null : `${textAt(instructed) ?? ''} ${textAt(instructed, '@Ccy') ?? ''}`.trim(),
  };
}

const stated = (fields: Readonly<Record<string, string | null>>): Item['fields'] =>
  Object.fromEntries(Object.entries(fields).filter((field): field is [string, string] => field[1] !== null));
