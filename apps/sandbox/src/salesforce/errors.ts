/** One entry of the JSON array in which Salesforce reports a failed call; collections name the code `statusCode`. */
export interface ApiFault {
  readonly code: string;
  readonly message: string;
  readonly fields?: readonly string[];
}

/** A refused call: HTTP status and the vendor's error code. */
export class SalesforceFault extends Error {
  readonly status: number;
  readonly fault: ApiFault;
  constructor(status: number, code: string, message: string, fields?: readonly string[]) {
    super(message);
    this.status = status;
    this.fault = fields === undefined ? { code, message } : { code, message, fields };
  }
}

/** The body of an error answer of the REST API. */
export function errorBody({ code, message, fields }: ApiFault): object[] {
  return [{ message, errorCode: code, ...(fields === undefined ? {} : { fields }) }];
}
