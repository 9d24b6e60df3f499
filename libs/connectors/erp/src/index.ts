export * from './bill.ts';
export * from './fate.ts';
export * from './order.ts';
export * from './order-plan.ts';
export * from './port.ts';
export * from './three-way.ts';
export * from './torn.ts';
