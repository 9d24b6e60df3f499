/** The service's frozen configuration: type it as `ConfigOf<typeof yourConfig>`. */
export const CONFIG = Symbol('CONFIG');
/** pino logger of the service, see `Logger`. */
export const LOGGER = Symbol('LOGGER');
/** prom-client registry of the service, see `Metrics`. */
export const METRICS = Symbol('METRICS');
/** The service's name. */
export const SERVICE_NAME = Symbol('SERVICE_NAME');
