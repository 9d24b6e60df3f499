import { Gauge, type Registry } from 'prom-client';

/** An instance whose calls sign in with a certificate; null where it does not, or nobody told us the certificate. */
interface SigningInstance {
  readonly instance: string;
  readonly certificateExpiresAt?: Date | null;
}

/** Shows when the certificates end that calls to the ERPs sign in with: on that day every call is refused. */
export function createCertificateMetric(registry: Registry, instances: Iterable<SigningInstance>): void {
  new Gauge({
    name: 'tieout_erp_certificate_expires_timestamp_seconds',
    help: 'When the certificate ends that calls to this ERP instance sign in with.',
    labelNames: ['instance'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { instance, certificateExpiresAt: end } of instances)
        if (end) this.set({ instance }, end.getTime() / 1000);
    },
  });
}
