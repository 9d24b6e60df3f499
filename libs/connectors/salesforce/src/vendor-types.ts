/** Records as the REST API answers them with the fields of `FIELDS`; a field without value is null. */
export interface Account extends VendorRecord {
  readonly Name: string | null;
  readonly AccountNumber: string | null;
  readonly BillingStreet: string | null;
  readonly BillingCity: string | null;
  readonly BillingState: string | null;
  readonly BillingPostalCode: string | null;
  readonly BillingCountry: string | null;
  readonly ShippingStreet: string | null;
  readonly ShippingCity: string | null;
  readonly ShippingState: string | null;
  readonly ShippingPostalCode: string | null;
  readonly ShippingCountry: string | null;
  readonly CurrencyIsoCode: string | null;
  readonly Tax_Id__c: string | null;
  readonly Payment_Terms__c: string | null;
  readonly ParentId: string | null;
  readonly CreatedDate: string;
}

/** A number as the JSON text has it: digits that a binary float would lose are still there. */
export type NumberText = string;

/** What every record that is read has. */
export interface VendorRecord {
  readonly Id: string;
  readonly IsDeleted: boolean;
  /** When the record was last written, by people or the system; one-second resolution. */
  readonly SystemModstamp: string;
}

export interface Product extends VendorRecord {
  readonly Name: string | null;
  readonly ProductCode: string | null;
  readonly Family: string | null;
  readonly IsActive: boolean;
}

export interface Opportunity extends VendorRecord {
  readonly Name: string | null;
  readonly AccountId: string | null;
  /** A picklist. */
  readonly StageName: string | null;
  readonly Amount: NumberText | null;
  readonly CurrencyIsoCode: string | null;
  readonly CloseDate: string | null;
  /** Derived by the org from the stage, as is `IsWon`. */
  readonly IsClosed: boolean;
  readonly IsWon: boolean;
}

export interface Contract extends VendorRecord {
  readonly ContractNumber: string | null;
  readonly AccountId: string | null;
  /** A picklist. */
  readonly Status: string | null;
  readonly CurrencyIsoCode: string | null;
  readonly Legal_Entity__c: string | null;
  readonly StartDate: string | null;
  /** Months. */
  readonly ContractTerm: NumberText | null;
  readonly Opportunity__c: string | null;
}

/** One amount of a contract to be billed on one day; a detail of its contract, deleted with it. */
export interface ContractLine extends VendorRecord {
  readonly Contract__c: string;
  readonly Product__c: string | null;
  readonly Bill_On__c: string | null;
  readonly Quantity__c: NumberText | null;
  readonly Unit_Price__c: NumberText | null;
  readonly Net_Amount__c: NumberText | null;
  readonly Description__c: string | null;
  readonly CurrencyIsoCode: string | null;
}

/** A contract with its lines, deleted ones included, and the codes of the products that they name. */
export interface ContractReading {
  readonly contract: Contract;
  readonly lines: readonly ContractLine[];
  /** By id of the product. */
  readonly productCodes: ReadonlyMap<string, string | null>;
}

/** Id and stamp of a record: what a listing gives before it is read. */
export interface RecordStamp {
  readonly Id: string;
  readonly SystemModstamp: string;
  /** Of a contract line only. */
  readonly Contract__c?: string;
}

/** One page of a SOQL query. */
export interface QueryPage<R> {
  /** How many records the query has, by the vendor's count. */
  readonly totalSize: NumberText;
  readonly done: boolean;
  readonly nextRecordsUrl?: string;
  readonly records: readonly R[];
}

/** Result of one record of a collection call, in the order sent. */
export interface SaveResult {
  readonly id?: string;
  readonly success: boolean;
  readonly created?: boolean;
  readonly errors: readonly {
    readonly statusCode: string;
    readonly message: string;
    readonly fields: readonly string[];
  }[];
}
