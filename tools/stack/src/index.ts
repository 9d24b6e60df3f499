export type { Artifact } from './artifacts.ts';
export {
  postgresUrl,
  readStackFile,
  type IssuerAddress,
  type PostgresAddress,
  type StackAnnouncement,
  type StackHandle,
} from './handle.ts';
export { requestToken } from './issuer-client.ts';
export { ISSUER_AUDIENCE, startIssuerServer, type IssuerServer, type NamedUser } from './issuer-server.ts';
export type { BrokerControl } from './kafka.ts';
export type { PartControl } from './part-control.ts';
export { freePorts } from './ports.ts';
export { checkPrerequisites, javaCommand, PrerequisiteError } from './prerequisites.ts';
export { provisionDatabase, provisionSchemas, type Role } from './provision.ts';
export { startStack, type RunningStack, type StackOptions, type StackPart } from './start-stack.ts';
