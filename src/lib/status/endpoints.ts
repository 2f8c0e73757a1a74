import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { EndpointReport } from './report.js';

/** A certificate with fewer days left than this is a problem: renewals that work happen well before. */
const TLS_DAYS_FLOOR = 7;
const LIMIT_MS = 5000;

/**
 * Asks a public URL from this machine, as a visitor would: certificates are verified, redirects are not followed.
 * Never throws: what goes wrong is the report's `problem`.
 */
export async function probeEndpoint(
  endpoint: { name: string; url: string },
  signal?: AbortSignal,
): Promise<EndpointReport> {
  const { name, url } = endpoint;
  const began = performance.now();
  try {
    const { status, tlsDays } = await get(new URL(url), signal);
    const ms = Math.round(performance.now() - began);
    const tls = tlsDays === undefined ? {} : { tlsDays };
    const problem =
      status >= 400
        ? `answers ${status}`
        : tlsDays !== undefined && tlsDays < TLS_DAYS_FLOOR
          ? `its certificate ends in ${tlsDays} days`
          : undefined;
    return { name, url, ok: problem === undefined, status, ms, ...tls, ...(problem !== undefined && { problem }) };
  } catch (error) {
    signal?.throwIfAborted();
    return { name, url, ok: false, problem: inWords(error) };
  }
}

async function get(url: URL, signal?: AbortSignal): Promise<{ status: number; tlsDays: number | undefined }> {
  const { request } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const limit = AbortSignal.timeout(LIMIT_MS);
  return new Promise((resolve, reject) => {
    const call = request(
      url,
      { agent: false, signal: signal ? AbortSignal.any([signal, limit]) : limit },
      (response: IncomingMessage) => {
        const tlsDays = daysLeft(response.socket as Partial<TLSSocket>);
        response.destroy();
        resolve({ status: response.statusCode ?? 0, tlsDays });
      },
    );
    call.on('error', reject).end();
  });
}

function daysLeft(socket: Partial<TLSSocket>): number | undefined {
  const ends = socket.getPeerCertificate?.().valid_to;
  return ends === undefined ? undefined : Math.floor((Date.parse(ends) - Date.now()) / 86_400_000);
}

const words: Readonly<Record<string, string>> = {
  ABORT_ERR: `no answer within ${LIMIT_MS / 1000} s`,
  ENOTFOUND: 'its name does not resolve from here',
  EAI_AGAIN: 'its name does not resolve from here (the name server did not answer)',
  ECONNREFUSED: 'refuses connections',
  ECONNRESET: 'closed the connection without an answer',
  ETIMEDOUT: 'cannot be connected to from here',
  ENETUNREACH: 'there is no route to it from here',
  EHOSTUNREACH: 'there is no route to it from here',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by an authority that this machine does not trust',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by an authority that this machine does not trust',
};

/** Happy Eyeballs wraps the errors of several addresses in one AggregateError: the first says enough. */
function inWords(error: unknown): string {
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  const { code, message } = first as NodeJS.ErrnoException;
  return words[code ?? ''] ?? message;
}
