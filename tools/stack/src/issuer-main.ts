/** The process of a stack's issuer. Usage: issuer-main.ts PORT, with the client's secret in ISSUER_CLIENT_SECRET. */
import { startIssuerServer } from './issuer-server.ts';

const secret = process.env['ISSUER_CLIENT_SECRET'];
if (secret === undefined) throw new Error('ISSUER_CLIENT_SECRET is missing');
const { url } = await startIssuerServer({ port: Number(process.argv[2]), secret });
console.log(`listening on ${url}`);
