/** `npm run tieout -- …`. Comparing files needs nothing that runs, so nothing that reaches it is loaded for that. */
const { run } = process.argv[2] === 'reconcile' ? await import('./reconcile.ts') : await import('./commands.ts');
await run();

export {};
