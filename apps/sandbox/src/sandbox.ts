/** What every vendor sandbox is started with. `now` lets a test move the vendor's clock. */
export interface SandboxOptions {
  /** Connection string of a PostgreSQL database in which the sandbox may create its own schema. */
  readonly databaseUrl: string;
  /** Name or IPv4 address to listen on, by which clients reach it too; 127.0.0.1 when absent. */
  readonly host?: string;
  /** A free one when absent. */
  readonly port?: number;
  readonly now?: () => Date;
}

export const LOOPBACK = '127.0.0.1';

/** A listening sandbox; `credentials` is exactly what the vendor's connector takes as configuration. */
export interface RunningSandbox<Credentials> {
  readonly vendor: 'salesforce' | 'netsuite' | 'sap-s4hana' | 'anaplan';
  readonly url: string;
  readonly credentials: Credentials;
  close(): Promise<void>;
}
