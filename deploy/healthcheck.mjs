// `node deploy/healthcheck.mjs <url>...`: fails unless every address answers with success. For the health checks of containers,
// whose image has no curl.
const failures = await Promise.all(process.argv.slice(2).map(problemOf));
const problems = failures.filter((problem) => problem !== undefined);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 || failures.length === 0 ? 1 : 0;

async function problemOf(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(3_000) });
    return response.ok ? undefined : `${url} answers ${response.status}: ${(await response.text()).slice(0, 500)}`;
  } catch (error) {
    return `${url} does not answer: ${error.cause?.message ?? error.message}`;
  }
}
