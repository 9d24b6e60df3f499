/** kafkajs client of the service. */
export const KAFKA = Symbol('KAFKA');
export const CODEC = Symbol('CODEC');
/** Provide this in the app's module: the list of `ConsumerSpec`s, in plain sight. */
export const CONSUMERS = Symbol('CONSUMERS');
/** Provide this in the app's module: the list of `ExceptionKind`s that the service raises, with what people may decide about them. */
export const EXCEPTION_KINDS = Symbol('EXCEPTION_KINDS');
