import { sum, type BillingLine, type Contract as ContractEvent, type DecimalString } from '@tieout/canonical';
import { amountOf, currencyOf, dateOf, fateOf, rateOf, refuse, required, text, within, type Mapped } from './fate.ts';
import { idOf, referenceTo, sourceOf } from './identity.ts';
import type { Picklists } from './picklists.ts';
import type { Contract, ContractLine, ContractReading } from './vendor-types.ts';

/** A contract without the revision, which the outbox assigns. */
export type ContractState = Omit<ContractEvent, 'revision'>;

/**
 * The contract that a Contract and its lines state, or why they state none. A deleted contract has the lines that went with
 * it. Amounts are taken as they stand: a line's net is what is billed, quantity and price only explain it.
 */
export function mapContract(
  { contract, lines, productCodes }: ContractReading,
  instance: string,
  { statuses }: Pick<Picklists, 'statuses'>,
): Mapped<ContractState> {
  const at = (field: keyof Contract): { record: string; field: string } => ({ record: nameOf(contract), field });
  return fateOf(() => {
    const lifecycle = lifecycleOf(contract, statuses);
    const currency = currencyOf(at('CurrencyIsoCode'), contract.CurrencyIsoCode);
    const billed = lines.filter(({ IsDeleted }) => contract.IsDeleted || !IsDeleted);
    const billingSchedule = billed
      .map((line) => billingLine(line, { instance, currency, contract: nameOf(contract), productCodes }))
      .toSorted(byDate);
    return {
      contractId: idOf('Contract', instance, contract.Id),
      lifecycle,
      number: required(at('ContractNumber'), contract.ContractNumber),
      customerId: idOf('Account', instance, required(at('AccountId'), contract.AccountId)),
      opportunityId: referenceTo('Opportunity', instance, contract.Opportunity__c),
      legalEntity: legalEntityOf(contract, lifecycle),
      currency,
      startDate: dateOf(at('StartDate'), contract.StartDate),
      termMonths: monthsOf(contract),
      net: within(
        { record: nameOf(contract), field: 'the sum of the lines' },
        sum(billingSchedule.map(({ net }) => net)),
      ),
      billingSchedule,
      source: sourceOf('Contract', instance, contract),
    };
  });
}

function nameOf({ Id, ContractNumber }: Contract): string {
  return `Contract ${text(ContractNumber) ?? ''} (${Id})`;
}

function lifecycleOf(contract: Contract, statuses: Picklists['statuses']): ContractState['lifecycle'] {
  if (contract.IsDeleted) return 'DELETED';
  const place = { record: nameOf(contract), field: 'Status' };
  const status = required(place, contract.Status);
  const known = [...statuses.keys()].join(', ');
  return (
    statuses.get(status) ??
    refuse(
      'unmapped-value',
      place,
      status,
      `is not a status that is known here (${known}): choose one of them in the CRM, or add it to SALESFORCE_CONTRACT_STATUSES`,
    )
  );
}

/** Empty while nobody has said; a contract that binds has one. */
function legalEntityOf(contract: Contract, lifecycle: ContractState['lifecycle']): string {
  const code = text(contract.Legal_Entity__c);
  if (code !== null || lifecycle !== 'ACTIVE') return code ?? '';
  const place = { record: nameOf(contract), field: 'Legal_Entity__c' };
  return refuse('missing-value', place, null, 'has no value: an active contract names the legal entity that bills it');
}

function monthsOf(contract: Contract): number | null {
  const term = contract.ContractTerm;
  if (term === null) return null;
  if (/^\d{1,5}$/.test(term)) return Number(term);
  return refuse(
    'invalid-value',
    { record: nameOf(contract), field: 'ContractTerm' },
    term,
    'is not a number of months',
  );
}

interface Context {
  readonly instance: string;
  readonly currency: string;
  readonly contract: string;
  readonly productCodes: ContractReading['productCodes'];
}

function billingLine(line: ContractLine, { instance, currency, contract, productCodes }: Context): BillingLine {
  const at = (field: keyof ContractLine): { record: string; field: string } => ({
    record: `${contract}, line ${line.Id}`,
    field,
  });
  const code = currencyOf(at('CurrencyIsoCode'), line.CurrencyIsoCode);
  if (code !== currency)
    refuse('currency-mismatch', at('CurrencyIsoCode'), code, `is not the currency of the contract, ${currency}`);
  const net = amountOf(at('Net_Amount__c'), required(at('Net_Amount__c'), line.Net_Amount__c), currency);
  const quantity = line.Quantity__c === null ? '1' : rateOf(at('Quantity__c'), line.Quantity__c);
  return {
    billingId: idOf('Contract_Line__c', instance, line.Id),
    billOn: dateOf(at('Bill_On__c'), required(at('Bill_On__c'), line.Bill_On__c)) ?? '',
    productId: referenceTo('Product2', instance, line.Product__c),
    productCode: text(line.Product__c === null ? null : (productCodes.get(line.Product__c) ?? null)),
    description: text(line.Description__c),
    quantity,
    unitPrice: priceOf(line, at('Unit_Price__c'), quantity, net),
    net,
  };
}

/** A line without a price is one piece at its net; of several pieces the price of one cannot be told. */
function priceOf(
  line: ContractLine,
  place: { record: string; field: string },
  quantity: DecimalString,
  net: DecimalString,
): DecimalString {
  if (line.Unit_Price__c !== null) return rateOf(place, line.Unit_Price__c);
  if (quantity === '1') return net;
  return refuse('missing-value', place, null, `has no value, and the quantity is ${quantity}`);
}

function byDate(a: BillingLine, b: BillingLine): number {
  const [x, y] = [`${a.billOn}|${a.billingId}`, `${b.billOn}|${b.billingId}`];
  return x < y ? -1 : x > y ? 1 : 0;
}
