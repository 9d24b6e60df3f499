import { sum } from '@tieout/canonical';
import type { Item } from '@tieout/matching';
import { readEntry, type CamtEntry } from './camt-entry.ts';
import { balancesOf } from './camt-balances.ts';
import { dayAt } from './camt-money.ts';
import { problemOf, UnreadableFile, type Problem, type RefusedRow } from './problem.ts';
import type { Statement } from './statement.ts';
import { all, at, parseXml, textAt, type XmlElement, type XmlNode } from './xml.ts';

export interface CamtFile {
  readonly statements: readonly Statement[];
  /** With one of these nothing of the file may be used. */
  readonly problems: readonly Problem[];
  /** Entries that are no items. */
  readonly refused: readonly RefusedRow[];
  /** What a person should know, e.g. entries that are not booked yet. */
  readonly notes: readonly string[];
}

/** Statements of a camt.053 message, any version (001.02 and later). @throws UnreadableFile */
export function readCamt053(text: string): CamtFile {
  const document = documentOf(parseXml(text), messageIn(text));
  const found = all(at(document, 'BkToCstmrStmt'), 'Stmt').map((node, index) => statementOf(node, index + 1));
  if (found.length === 0) throw new UnreadableFile('empty-file', 'the message has no statement (BkToCstmrStmt/Stmt)');
  const problems = found.flatMap((one) => one.problems);
  if (!isOnlyPage(at(document, 'BkToCstmrStmt', 'GrpHdr', 'MsgPgntn'))) problems.push(onePage('the message'));
  return {
    statements: found.map(({ statement }) => statement),
    problems: [...problems, ...repeated(found.map(({ statement }) => statement))],
    refused: found.flatMap((one) => one.refused),
    notes: found.flatMap((one) => one.notes),
  };
}

/** The document itself, or inside the envelope in which some networks deliver it. */
function documentOf(root: XmlElement, message: string | undefined): XmlNode {
  let candidates: readonly XmlNode[] = [root];
  for (let depth = 0; depth < 5; depth += 1) {
    const document = candidates.map((node) => at(node, 'Document')).find((node) => node !== undefined);
    if (document !== undefined) return checked(document, message);
    candidates = candidates.flatMap((node) =>
      typeof node === 'object'
        ? Object.keys(node)
            .filter((name) => !name.startsWith('@'))
            .flatMap((name) => all(node, name))
        : [],
    );
  }
  throw new UnreadableFile(
    'unsupported-document',
    'this XML has no ISO 20022 document; a camt.053 statement is needed',
  );
}

/** The message that the namespace names, e.g. camt.053.001.08: parsed elements do not have it any more. */
function messageIn(text: string): string | undefined {
  return /urn:iso:std:iso:20022:tech:xsd:((?:camt|pain|pacs)\.\d{3}\.001\.\d{2})/.exec(text.slice(0, HEAD))?.[1];
}

const HEAD = 20_000;

function checked(document: XmlNode, message: string | undefined): XmlNode {
  const isStatement =
    at(document, 'BkToCstmrStmt') !== undefined && (message === undefined || message.startsWith('camt.053'));
  if (!isStatement)
    throw new UnreadableFile(
      'unsupported-document',
      `this is ${message ?? 'no statement message'}; a camt.053 statement is needed: only it states booked entries between balances`,
    );
  return document;
}

interface Found extends Omit<CamtFile, 'statements'> {
  readonly statement: Statement;
  readonly problems: Problem[];
}

function statementOf(node: XmlNode, number: number): Found {
  const account = textAt(node, 'Acct', 'Id', 'IBAN') ?? textAt(node, 'Acct', 'Id', 'Othr', 'Id') ?? '';
  const statementId = textAt(node, 'Id') ?? '';
  const where = `statement ${statementId === '' ? number : statementId}`;
  const problems: Problem[] = [];
  if (account === '' || statementId === '')
    problems.push(problemOf(where, 'unsupported-document', 'it names no account or has no Id'));
  if (!isOnlyPage(at(node, 'StmtPgntn'))) problems.push(onePage(where));
  const balances = balancesOf(node, where, problems);
  const read = entriesOf(node, `${account}/${statementId}`, where, { account, statement: statementId });
  const currency = textAt(node, 'Acct', 'Ccy') ?? balances.currency ?? read.entries[0]?.currency ?? '';
  const foreign = [balances.currency, ...read.entries.map((entry) => entry.currency)].find(
    (one) => (one ?? currency) !== currency,
  );
  if (foreign !== undefined)
    problems.push(
      problemOf(where, 'bad-currency', `amounts in ${foreign ?? ''} on an account in ${currency}: they do not add up`),
    );
  const days = read.entries.map(({ date }) => date).sort();
  const to = balances.closingDay ?? dayAt(node, 'FrToDt', 'ToDtTm') ?? days.at(-1) ?? null;
  const from = dayAt(node, 'FrToDt', 'FrDtTm') ?? days[0] ?? to;
  const statement: Statement = {
    account,
    statementId,
    sequence: numberAt(node, 'LglSeqNb') ?? numberAt(node, 'ElctrncSeqNb'),
    from: from !== null && to !== null && from > to ? to : from,
    to,
    currency,
    opening: balances.opening,
    closing: balances.closing,
    moved: sum(read.entries.map(({ amount }) => amount)),
    lines: read.entries.flatMap(({ items }) => items),
  };
  return { statement, problems, refused: read.refused, notes: read.notes };
}

interface Entries {
  readonly entries: readonly CamtEntry[];
  readonly refused: readonly RefusedRow[];
  readonly notes: readonly string[];
}

function entriesOf(node: XmlNode, prefix: string, where: string, common: Item['fields']): Entries {
  const entries: CamtEntry[] = [];
  const refused: RefusedRow[] = [];
  let pending = 0;
  for (const [index, entry] of all(node, 'Ntry').entries()) {
    const status = textAt(entry, 'Sts', 'Cd') ?? textAt(entry, 'Sts') ?? 'BOOK';
    if (status !== 'BOOK') {
      pending += 1; // not in the booked balances, and may never be booked
      continue;
    }
    const id = `${prefix}/${index + 1}`;
    const read = readEntry(entry, id, common);
    if (typeof read !== 'string') entries.push(read);
    else
      refused.push({
        line: null,
        id,
        problems: [problemOf(`${where}, entry ${index + 1}`, 'bad-amount', read)],
        cells: cellsOf(entry),
      });
  }
  const notes =
    pending === 0
      ? []
      : [`${where}: ${pending} entries that are not booked yet are left out, as its balances leave them out`];
  return { entries, refused, notes };
}

/** The leaves at the top of an entry: enough to find it. */
function cellsOf(entry: XmlNode): Readonly<Record<string, string>> {
  if (typeof entry !== 'object') return {};
  const leaves = Object.keys(entry).map((name) => [name, textAt(entry, name)] as const);
  return Object.fromEntries(leaves.filter((leaf): leaf is [string, string] => leaf[1] !== null));
}

function repeated(statements: readonly Statement[]): Problem[] {
  const groups = Map.groupBy(statements, ({ account, statementId }) => `${account}, statement ${statementId}`);
  return [...groups]
    .filter(([, same]) => same.length > 1)
    .map(([name, same]) =>
      problemOf(`account ${name}`, 'duplicate-statement', `it is ${same.length} times in the file`),
    );
}

function isOnlyPage(pagination: XmlNode): boolean {
  if (pagination === undefined) return true;
  return (textAt(pagination, 'PgNb') ?? '1') === '1' && ['true', '1', null].includes(textAt(pagination, 'LastPgInd'));
}

const onePage = (where: string): Problem =>
  problemOf(where, 'missing-page', 'it is one of several pages; ask the bank for statements in one message');

function numberAt(node: XmlNode, name: string): number | null {
  const text = textAt(node, name);
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** A file whose first text is a tag. */
export const looksLikeXml = (start: string): boolean => /^\s*<[?!a-z]/i.test(start);
