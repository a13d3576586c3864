import { hash } from 'node:crypto';
import { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { AppError } from '#lib/kernel/errors.ts';
import type { OutboundClient } from '#lib/outbound/client.ts';
import type { HostCredential, HostedRepository } from '../port.ts';
import { createHostFetch, ownErrorIn } from './host-fetch.ts';
import { createInstallationTokens, type Purpose } from './installation-tokens.ts';
import { createRateGate } from './rate-gate.ts';

export interface GitHubTools {
  send: OutboundClient['send'];
  now(): number;
  /** Told of what is left of a limit, as the last answer said it. */
  onRemaining?(remaining: number): void;
}

/** A repository by the two parts of its name, and whoever asks for it. */
export interface Opened {
  owner: string;
  repo: string;
  octokit: Octokit;
}

export type Call = <T>(
  repository: HostedRepository,
  purpose: Purpose,
  schema: z.ZodType<T>,
  ask: (opened: Opened) => Promise<{ status: number; data: unknown }>,
) => Promise<T>;

/** Octokit tells of deprecations and of every request; ours are counted by the worker. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
const ENTERPRISE_CLOUD = /\.ghe\.com$/;

/** Where the API of a server is. */
function baseUrlOf(hostUrl: string): string {
  const { host, protocol } = new URL(hostUrl);
  if (host === 'github.com' || ENTERPRISE_CLOUD.test(host)) return `${protocol}//api.${host}`;
  return `${hostUrl}/api/v3`;
}

/** Whose limit a request counts against. */
function keyOf(hostUrl: string, credential: HostCredential): string {
  return credential.kind === 'app'
    ? `${hostUrl} ${credential.appId} ${credential.installationId} ${hash('sha256', credential.privateKey)}`
    : `${hostUrl} ${hash('sha256', credential.token)}`;
}

const errorSchema = z.object({
  status: z.int(),
  response: z
    .object({ data: z.looseObject({ message: z.string() }) })
    .optional()
    .catch(undefined),
});

/** What a status means, in the words of the port. */
function failureOf(status: number, said: string): AppError {
  if (status === 401) return new AppError('unauthenticated', `GitHub does not take the credential: ${said}`);
  if (status === 403) return new AppError('forbidden', `GitHub does not allow this: ${said}`);
  if (status === 404 || status === 410)
    return new AppError('not_found', 'GitHub knows nothing of this, or the credential may not see it.');
  if (status >= 300 && status < 400)
    return new AppError('not_found', 'The repository was moved: connect it by its new name.');
  if (status === 409) return new AppError('conflict', `GitHub refused it: ${said}`);
  if (status < 500) return new AppError('invalid', `GitHub refused it: ${said}`);
  return new AppError('unavailable', `GitHub answered ${status}.`);
}

/**
 * Makes what all operations call through: the credential of a repository, its limits, and errors in the words of the
 * port. Nothing is sent twice here: what may be is decided by the operation (pitfall O2).
 */
export function createCall({ send, now, onRemaining = () => {} }: GitHubTools): Call {
  const gate = createRateGate(now);
  const fetchFor = createHostFetch({ send, gate, onRemaining });
  const tokenFor = createInstallationTokens(now);
  const open = async (repository: HostedRepository, key: string, purpose: Purpose): Promise<Opened> => {
    const { hostUrl, fullName, credential } = repository;
    const [owner = '', repo = ''] = fullName.split('/');
    const options = {
      ...{ baseUrl: baseUrlOf(hostUrl), userAgent: 'Pitwall', log: SILENT },
      request: { fetch: fetchFor(key) },
    };
    if (credential.kind === 'token')
      return { owner, repo, octokit: new Octokit({ ...options, auth: credential.token }) };
    const through = new Octokit(options).request;
    const auth = await tokenFor(key, credential, repo, purpose, through);
    return { owner, repo, octokit: new Octokit({ ...options, auth }) };
  };
  const translate = (error: unknown, key: string): unknown => {
    const own = ownErrorIn(error);
    if (own) return own;
    const parsed = errorSchema.safeParse(error);
    if (!parsed.success) return error;
    const { status, response } = parsed.data;
    // A refusal that was a limit has closed the gate.
    if (status === 403 || status === 429) gate.pass(key);
    return failureOf(status, response?.data.message.slice(0, 300) ?? `status ${status}`);
  };
  return async (repository, purpose, schema, ask) => {
    const key = keyOf(repository.hostUrl, repository.credential);
    let answer: { status: number; data: unknown };
    try {
      answer = await ask(await open(repository, key, purpose));
    } catch (error) {
      throw translate(error, key);
    }
    if (answer.status >= 300) throw failureOf(answer.status, '');
    const read = schema.safeParse(answer.data);
    if (read.success) return read.data;
    throw new AppError('unavailable', 'GitHub answered in another form than it describes.', {
      cause: read.error,
    });
  };
}
