export {
  postgresUrl,
  readStackFile,
  type PostgresAddress,
  type StackAnnouncement,
  type StackHandle,
} from './handle.ts';
export type { BrokerControl } from './kafka.ts';
export { freePorts } from './ports.ts';
export { checkPrerequisites, PrerequisiteError } from './prerequisites.ts';
export { provisionDatabase, provisionSchemas, type Role } from './provision.ts';
export { startStack, type RunningStack, type StackOptions, type StackPart } from './start-stack.ts';
