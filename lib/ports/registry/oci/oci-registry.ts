import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '#lib/kernel/errors.ts';
import { DOCKER_HUB, imagePlace } from '#lib/model/image-host.ts';
import type { OutboundPolicy } from '#lib/model/outbound.ts';
import { createOutboundClient, type OutboundClient, type OutboundResponse } from '#lib/outbound/client.ts';
import type { AskedImage, ImageRegistry, RegistryLogin, ResolvedImage } from '../port.ts';
import { readChallenge } from './challenge.ts';

export interface OciOptions {
  /** Where addresses that people type may lead. */
  policy: OutboundPolicy;
  /** Whether registries on this host itself are asked without TLS, as container runtimes do: in development only. */
  plainLoopback: boolean;
}

const TIMEOUT_MS = 10_000;
/** Manifests are at most 4 MiB by the specification. */
const MANIFEST_BYTES = 4 * 1024 * 1024;
const INDEXES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const ACCEPT = [
  ...INDEXES,
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const LOOPBACK_HOST = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])(:\d+)?$/;
/** Codes of certificates that are not believed. */
const UNTRUSTED = /CERT|LEAF_SIGNATURE|ISSUER/;
/** Longest that a busy registry may tell to wait, seconds. */
const MOST_WAIT_SECONDS = 3600;

const tokenSchema = z.object({ token: z.string().optional(), access_token: z.string().optional() });
const indexSchema = z.object({ manifests: z.array(z.object({ digest: z.string().regex(DIGEST) })).max(100) });

interface Asking {
  asked: AskedImage;
  client: OutboundClient;
  /** `https://host`, without a slash at its end. */
  origin: string;
  name: string;
  signal: AbortSignal;
}

const basic = ({ username, secret }: RegistryLogin) =>
  `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`;

function headerOf({ headers }: OutboundResponse, name: string): string {
  return [headers[name] ?? ''].flat()[0] ?? '';
}

function jsonOf(answer: OutboundResponse): unknown {
  try {
    return JSON.parse(answer.body);
  } catch {
    return null;
  }
}

/** What an answer that is none of 2xx means, in the words of the port. */
function failureOf(answer: OutboundResponse, { asked, name }: Asking): AppError {
  const { host } = imagePlace(asked.image);
  const { status } = answer;
  if (status === 404)
    return new AppError(
      'not_found',
      `${host} has no ${name}:${asked.tag}, or does not show it without a login.`,
    );
  if (status === 401 || status === 403) {
    const login = asked.login ? 'does not take the login that is kept for it' : 'wants a login';
    return new AppError(
      status === 401 ? 'unauthenticated' : 'forbidden',
      `${host} ${login} to read ${name}.`,
    );
  }
  if (status === 429) {
    const after = headerOf(answer, 'retry-after');
    const seconds = /^\d{1,6}$/.test(after) ? Math.min(Number(after), MOST_WAIT_SECONDS) : 60;
    return new AppError('rate_limited', `${host} wants no more requests for a while.`, {
      retryAfterSeconds: seconds,
    });
  }
  if (status >= 300 && status < 400)
    return new AppError('unavailable', `${host} leads elsewhere, which is not followed.`);
  if (status < 500)
    return new AppError('invalid', `${host} does not take the request: it answered ${status}.`);
  return new AppError('unavailable', `${host} answered ${status}.`);
}

/**
 * The token that a registry's own server gives for reading one image, anonymous where there is no login.
 *
 * @returns null where that server refuses
 */
async function tokenFrom(realm: string, service: string | null, asking: Asking): Promise<string> {
  const { asked, client, name, origin, signal } = asking;
  const url = URL.canParse(realm) ? new URL(realm) : null;
  const isAsSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && origin.startsWith('http:'));
  // What came with TLS does not send the login on without it.
  if (!url || !isAsSafe)
    throw new AppError('unavailable', 'The registry names no safe place for its tokens.');
  if (service !== null) url.searchParams.set('service', service);
  url.searchParams.set('scope', `repository:${name}:pull`);
  const headers = { accept: 'application/json', ...(asked.login && { authorization: basic(asked.login) }) };
  const answer = await client.send({ url: url.href, headers, signal });
  if (answer.status !== 200) throw failureOf(answer, asking);
  const given = tokenSchema.safeParse(jsonOf(answer));
  const token = given.data?.token ?? given.data?.access_token;
  if (!token || !/^[\x21-\x7e]{1,16000}$/.test(token))
    throw new AppError('unavailable', 'The registry gives no token that could be used.');
  return token;
}

/** How to come before the registry again after its challenge. */
async function answerChallenge(answer: OutboundResponse, asking: Asking): Promise<string> {
  const challenge = readChallenge(answer.headers['www-authenticate']);
  if (challenge?.scheme === 'bearer')
    return `Bearer ${await tokenFrom(challenge.realm, challenge.service, asking)}`;
  if (challenge?.scheme === 'basic' && asking.asked.login) return basic(asking.asked.login);
  throw failureOf(answer, asking);
}

/** Asks for manifests of one image, with whatever its registry wanted the first time. */
function manifestsOf(asking: Asking) {
  const { client, origin, name, signal } = asking;
  let authorization: string | null = null;
  return async (method: 'HEAD' | 'GET', reference: string): Promise<OutboundResponse> => {
    const ask = () =>
      client.send({
        ...{ url: `${origin}/v2/${name}/manifests/${reference}`, method, signal },
        headers: { accept: ACCEPT, ...(authorization !== null && { authorization }) },
      });
    let answer = await ask();
    if (answer.status === 401 && authorization === null) {
      authorization = await answerChallenge(answer, asking);
      answer = await ask();
    }
    if (answer.status !== 200) throw failureOf(answer, asking);
    return answer;
  };
}

const digestOfText = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

async function resolveWith(asking: Asking): Promise<ResolvedImage> {
  const manifest = manifestsOf(asking);
  const head = await manifest('HEAD', asking.asked.tag);
  let digest = headerOf(head, 'docker-content-digest');
  // Registries need not say it; what they hand out is then what the digest is of.
  let whole: OutboundResponse | null = null;
  if (digest === '') {
    whole = await manifest('GET', asking.asked.tag);
    digest = digestOfText(whole.body);
  }
  if (!DIGEST.test(digest))
    throw new AppError('unavailable', 'The registry names no SHA-256 digest of the image.');
  const type =
    headerOf(whole ?? head, 'content-type')
      .split(';')[0]
      ?.trim() ?? '';
  if (!INDEXES.includes(type)) return { digest, platforms: [] };
  whole ??= await manifest('GET', digest);
  if (digestOfText(whole.body) !== digest)
    throw new AppError('unavailable', 'The registry handed out another index than its digest says.');
  const index = indexSchema.safeParse(jsonOf(whole));
  return { digest, platforms: index.data?.manifests.map((each) => each.digest) ?? [] };
}

/** What the outbound client says of an address, said of the registry; anything else as it is. */
function withHost(error: unknown, host: string): unknown {
  if (!(error instanceof AppError)) return error;
  const said = (message: string) => new AppError('unavailable', message, { cause: error });
  if (error.code === 'too_large') return said(`${host} answers with more than a manifest may hold.`);
  if (error.code !== 'unavailable' || error.cause === undefined) return error;
  for (let cause: unknown = error.cause; cause instanceof Error; cause = cause.cause)
    if (UNTRUSTED.test(String((cause as NodeJS.ErrnoException).code)))
      return said(
        `${host} is not trusted: its certificate is by an authority that is not known, or for another name. Keep the certificate of its authority with the registry.`,
      );
  return said(error.message.replace('The address', host));
}

/**
 * Registries that speak the distribution protocol of the OCI (deployment S-67). They are asked through the outbound
 * client: the name of an image is typed by people, and so is where a registry says that its tokens are.
 */
export function createOciRegistry({ policy, plainLoopback }: OciOptions): ImageRegistry {
  const originOf = (host: string): string => {
    if (host === DOCKER_HUB) return 'https://registry-1.docker.io';
    return `${plainLoopback && LOOPBACK_HOST.test(host) ? 'http' : 'https'}://${host}`;
  };
  return {
    async resolve(asked, signal) {
      const { host, name } = imagePlace(asked.image);
      const client = createOutboundClient({
        ...{ policy, timeoutMs: TIMEOUT_MS, maxResponseBytes: MANIFEST_BYTES },
        ...(asked.ca !== null && { ca: asked.ca }),
      });
      try {
        return await resolveWith({ asked, client, origin: originOf(host), name, signal });
      } catch (error) {
        throw withHost(error, host);
      } finally {
        await client.close();
      }
    },
  };
}
