import { SapError } from '../odata/model.ts';

/**
 * Business errors with their message class and number, in the languages that are installed. The texts are ours; numbers that we
 * could not look up are near the vendor's.
 */
function refusal(number: string, en: string, de: string, details: SapError['details'] = []): SapError {
  return new SapError(400, number, { en, de }, details);
}

export const messages = {
  // Business partner
  required: (property: string) =>
    refusal('R11/401', `Enter a value for ${property}`, `Geben Sie einen Wert für ${property} ein`, [
      { number: 'R11/401', text: `Enter a value for ${property}`, target: property },
    ]),
  invalidCategory: (value: string) =>
    refusal(
      'R11/012',
      `Business partner category ${value} is not supported`,
      `Geschäftspartnertyp ${value} wird nicht unterstützt`,
    ),
  invalidGrouping: (value: string) =>
    refusal('R11/124', `Grouping ${value} does not exist`, `Gruppierung ${value} ist nicht vorhanden`),
  partnerExists: (value: string) =>
    refusal('R11/657', `Business partner ${value} already exists`, `Geschäftspartner ${value} ist bereits vorhanden`),
  numberOutsideRange: (value: string) =>
    refusal('R11/215', `Number ${value} is assigned internally`, `Nummer ${value} wird intern vergeben`),
  noPartner: (value: string) =>
    refusal('R11/652', `Business partner ${value} does not exist`, `Geschäftspartner ${value} ist nicht vorhanden`),
  invalidRole: (value: string) =>
    refusal(
      'R11/660',
      `Business partner role ${value} does not exist`,
      `Geschäftspartnerrolle ${value} ist nicht vorhanden`,
    ),
  roleMissing: (role: string) =>
    refusal('CVI_EI/017', `Maintain role ${role} first`, `Pflegen Sie zuerst die Rolle ${role}`),
  alreadyMaintained: (what: string) =>
    refusal('F2/152', `${what} is already maintained`, `${what} ist bereits gepflegt`),
  invalidTaxType: (value: string) =>
    refusal(
      'BUPA_TAX/013',
      `Tax number category ${value} is not defined`,
      `Steuernummerntyp ${value} ist nicht definiert`,
    ),
  noCompanyCode: (value: string) =>
    refusal('F2/004', `Company code ${value} does not exist`, `Buchungskreis ${value} ist nicht vorhanden`),
  noGlAccount: (value: string, companyCode: string) =>
    refusal(
      'F2/106',
      `G/L account ${value} is no reconciliation account of company code ${companyCode}`,
      `Sachkonto ${value} ist kein Abstimmkonto des Buchungskreises ${companyCode}`,
    ),
  noPaymentTerms: (value: string) =>
    refusal('F2/021', `Terms of payment ${value} are not defined`, `Zahlungsbedingung ${value} ist nicht definiert`),
  noCurrency: (value: string) =>
    refusal('SG/012', `Currency ${value} is not defined`, `Währung ${value} ist nicht definiert`),
  noSalesArea: (organization: string, channel: string, division: string) =>
    refusal(
      'V1/312',
      `Sales area ${organization} ${channel} ${division} is not defined`,
      `Vertriebsbereich ${organization} ${channel} ${division} ist nicht vorgesehen`,
    ),
  centralBlock: (value: string) =>
    refusal('R1/163', `Business partner ${value} is blocked`, `Geschäftspartner ${value} ist gesperrt`),
  // Sales order
  orderTypeUnknown: (value: string) =>
    refusal('V1/310', `Sales document type ${value} is not defined`, `Verkaufsbelegart ${value} ist nicht vorgesehen`),
  soldToUnknown: (value: string) =>
    refusal('V1/149', `Sold-to party ${value} is not created`, `Auftraggeber ${value} ist nicht angelegt`),
  salesAreaMissing: (customer: string, area: string) =>
    refusal(
      'V1/155',
      `Sold-to party ${customer} is not maintained for sales area ${area}`,
      `Auftraggeber ${customer} ist für den Vertriebsbereich ${area} nicht gepflegt`,
    ),
  companyDataMissing: (customer: string, companyCode: string) =>
    refusal(
      'VP/112',
      `Customer ${customer} has no data for company code ${companyCode}`,
      `Debitor ${customer} hat keine Daten im Buchungskreis ${companyCode}`,
    ),
  orderBlock: (customer: string) =>
    refusal('VP/151', `Customer ${customer} is blocked for orders`, `Debitor ${customer} ist für Aufträge gesperrt`),
  materialUnknown: (value: string) =>
    refusal('V1/302', `Material ${value} is not defined`, `Material ${value} ist nicht definiert`),
  materialBlocked: (value: string) =>
    refusal('V1/028', `Material ${value} is blocked for sales`, `Material ${value} ist für den Verkauf gesperrt`),
  quantityInvalid: (item: string) =>
    refusal(
      'V1/049',
      `Enter a quantity above zero in item ${item}`,
      `Geben Sie in Position ${item} eine Menge über null ein`,
    ),
  priceMissing: (item: string) =>
    refusal(
      'V1/801',
      `Mandatory condition PPR0 is missing in item ${item}`,
      `Musskondition PPR0 fehlt in Position ${item}`,
    ),
  conditionUnknown: (value: string) =>
    refusal(
      'V1/115',
      `Condition type ${value} cannot be entered manually`,
      `Konditionsart ${value} kann nicht manuell erfasst werden`,
    ),
  rateTooFine: (currency: string, decimals: number) =>
    refusal(
      'V1/205',
      `Enter a rate with at most ${decimals} decimals for ${currency}`,
      `Geben Sie einen Betrag mit höchstens ${decimals} Dezimalstellen für ${currency} ein`,
    ),
  conditionCurrency: (value: string) =>
    refusal(
      'V1/209',
      `Condition currency ${value} differs from the document's`,
      `Konditionswährung ${value} weicht von der Belegwährung ab`,
    ),
  itemExists: (item: string) =>
    refusal('V1/331', `Item ${item} already exists`, `Position ${item} ist bereits vorhanden`),
  itemBilled: (item: string) =>
    refusal(
      'V1/491',
      `Item ${item} is billed already and cannot be changed`,
      `Position ${item} ist bereits fakturiert und kann nicht geändert werden`,
    ),
  itemPartlyBilled: (item: string) =>
    refusal(
      'V1/492',
      `Item ${item} would fall below what is billed`,
      `Position ${item} würde unter das Fakturierte sinken`,
    ),
  orderBilled: (order: string) =>
    refusal(
      'V1/493',
      `Order ${order} is billed; its header cannot be changed so`,
      `Auftrag ${order} ist fakturiert; der Kopf ist so nicht änderbar`,
    ),
  noOrder: (value: string) =>
    refusal(
      'V1/302',
      `Sales document ${value} is not in the database`,
      `Verkaufsbeleg ${value} ist nicht in der Datenbank`,
    ),
  rejectionUnknown: (value: string) =>
    refusal('V1/364', `Reason for rejection ${value} is not defined`, `Absagegrund ${value} ist nicht definiert`),
  // Billing
  nothingToBill: (order: string) =>
    refusal('VF/016', `Nothing is left to be billed of ${order}`, `Zu ${order} ist nichts mehr zu fakturieren`),
  tooMuchBilled: (item: string) =>
    refusal(
      'VF/017',
      `More than is left would be billed of item ${item}`,
      `Von Position ${item} würde mehr als der Rest fakturiert`,
    ),
  billingBlock: (what: string) =>
    refusal('VF/090', `${what} is blocked for billing`, `${what} ist für die Faktura gesperrt`),
  creditBlock: (order: string) =>
    refusal(
      'VF/145',
      `Order ${order} is blocked by the credit check`,
      `Auftrag ${order} ist durch die Kreditprüfung gesperrt`,
    ),
  noBill: (value: string) =>
    refusal('VF/061', `Billing document ${value} does not exist`, `Faktura ${value} ist nicht vorhanden`),
  cannotCancel: (value: string) =>
    refusal(
      'VF/064',
      `Billing document ${value} is cancelled already or is a cancellation`,
      `Faktura ${value} ist bereits storniert oder selbst ein Storno`,
    ),
  creditTooMuch: (item: string) =>
    refusal(
      'VF/070',
      `More than its invoice would be credited in item ${item}`,
      `In Position ${item} würde mehr als die Rechnung gutgeschrieben`,
    ),
  // Finance
  periodClosed: (period: string, year: string, type: string, account: string) =>
    refusal(
      'F5/286',
      `Period ${period}/${year} is not open for account type ${type} and G/L ${account}`,
      `Periode ${period}/${year} ist für die Kontoart ${type} und das Sachkonto ${account} nicht geöffnet`,
    ),
  noRate: (from: string, to: string, date: string) =>
    refusal(
      'SG/105',
      `Enter rate ${from} / ${to} rate type M for ${date} in the system settings`,
      `Kurs ${from} / ${to} Kurstyp M zum ${date} in den Systemeinstellungen erfassen`,
    ),
  postingBlock: (customer: string) =>
    refusal('F5/104', `Account ${customer} is blocked for posting`, `Konto ${customer} ist für Buchungen gesperrt`),
  noDocument: (value: string) =>
    refusal('F5/397', `Document ${value} does not exist`, `Beleg ${value} ist nicht vorhanden`),
  notOpen: (value: string) =>
    refusal(
      'F5/263',
      `Document ${value} has no open item of the customer`,
      `Beleg ${value} hat keinen offenen Posten des Debitors`,
    ),
  otherCurrency: (value: string) =>
    refusal(
      'F5/264',
      `Document ${value} is in another currency or company code`,
      `Beleg ${value} hat eine andere Währung oder einen anderen Buchungskreis`,
    ),
  paymentTooSmall: () =>
    refusal('F5/702', 'The documents are more than the amount entered', 'Die Belege übersteigen den erfassten Betrag'),
  invoiceTooSmall: (value: string) =>
    refusal(
      'F5/703',
      `More than is open would be paid of document ${value}`,
      `Von Beleg ${value} würde mehr als der offene Betrag bezahlt`,
    ),
  notBalanced: (difference: string) =>
    refusal(
      'F5/705',
      `The difference is ${difference}; clearing is not possible`,
      `Die Differenz ist ${difference}; der Ausgleich ist nicht möglich`,
    ),
  amountInvalid: () => refusal('F5/031', 'Enter an amount above zero', 'Geben Sie einen Betrag über null ein'),
  notCleared: (value: string) =>
    refusal('F5/530', `Nothing is cleared by document ${value}`, `Durch Beleg ${value} ist nichts ausgeglichen`),
  clearedItems: (value: string) =>
    refusal(
      'F5/308',
      `Document ${value} contains cleared items; reset the clearing first`,
      `Beleg ${value} enthält ausgeglichene Posten; nehmen Sie zuerst den Ausgleich zurück`,
    ),
  reversed: (value: string) =>
    refusal('F5/361', `Document ${value} is reversed already`, `Beleg ${value} ist bereits storniert`),
  unsuited: (value: string) =>
    refusal('F5/673', `Document ${value} cannot be reversed here`, `Beleg ${value} kann hier nicht storniert werden`),
} as const;
