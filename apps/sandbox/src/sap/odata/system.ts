import type { Router } from 'express';
import type { Pool } from 'pg';
import type { Announcement, ODataService } from './model.ts';

/** What an OData host publishes: services over a schema of its own, and what a person or an event broker does beside them. */
export interface SapSystem {
  /** PostgreSQL schema; every connection searches it, so that views need no qualification. */
  readonly schema: string;
  /** Creates the schema and what is in it when it is not there. */
  install(pool: Pool, now: Date): Promise<void>;
  readonly services: readonly ODataService[];
  open(host: SystemHost): OpenSystem;
}

export interface SystemHost {
  readonly pool: Pool;
  readonly now: () => Date;
  /** Where the sandbox listens; known once it does. */
  readonly url: () => string;
  /** The system's OAuth client, kept over restarts; other endpoints may let it in, too. */
  readonly oauth: { readonly clientId: string; readonly clientSecret: string };
}

export interface OpenSystem {
  /** What people do in the system's own screens: under `/sandbox`. */
  readonly sideDoor?: Router;
  /** Other endpoints of the vendor, with a sign-in of their own. */
  readonly routes?: Router;
  /** Takes what a request or change set announced, after its commit. */
  announced(events: readonly Announcement[]): void;
  /** What clients of `routes` need beside the credentials of OData. */
  credentials(): Readonly<Record<string, unknown>>;
  close?(): Promise<void>;
}
