export { createSubjectSchema } from './subject/database.ts';
export { generate, valueOf, type Plan, type TrueEvent } from './generator/generate.ts';
export { startOutsider, type NewRecord, type Outsider, type SeenRecord } from './outsider/outsider.ts';
export { type Input, OUTPUT, type SubjectArguments } from './subject/options.ts';
/** The subject service as a program: runTs(SUBJECT, { args: [JSON.stringify(subjectArguments)] }), then await line(/^READY$/). */
export const SUBJECT = new URL('./subject/main.ts', import.meta.url);
