/** Account as the REST API answers it with the fields of `ACCOUNT_FIELDS`; a field without value is null. */
export interface Account {
  readonly Id: string;
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
  readonly IsDeleted: boolean;
  readonly CreatedDate: string;
  readonly SystemModstamp: string;
}

/** Id and stamp of an account: what a poll lists before it reads. */
export interface AccountStamp {
  readonly Id: string;
  /** When the record was last written, by people or the system; one-second resolution. */
  readonly SystemModstamp: string;
}

/** One page of a SOQL query. */
export interface QueryPage<R> {
  readonly totalSize: number;
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
