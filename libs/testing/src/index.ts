export { atEndOfFile } from './cleanup.ts';
export { createDatabase, type TestDatabase } from './database.ts';
export { eventually, type EventuallyOptions } from './eventually.ts';
export { ApiKey, startCuttingProxy, type ApiKeyName, type CutPoint, type CuttingProxy } from './proxy.ts';
export { spawnTs, type SpawnOptions, type TsProcess } from './spawn-ts.ts';
export { stack } from './stack.ts';
export { takeTurns } from './take-turns.ts';
export { createTopic, randomTopic, type TopicOptions } from './topic.ts';
