import { type WebContext, webContext } from '#lib/compose/web.ts';
import { networkOf } from '#lib/kernel/client-address.ts';
import { AppError, HTTP_STATUS } from '#lib/kernel/errors.ts';
import { createByteGate } from '#lib/limits/byte-gate.ts';
import { isUuid } from '#lib/model/uuid.ts';
import { findHooked, storeDelivery } from '#lib/repositories/webhooks/store-delivery.ts';
import { isSignedBy } from '#lib/repositories/webhooks/verify-signature.ts';
import { describeFailure } from '../failure.ts';
import { webMetrics } from '../metrics.ts';
import { contentTypeOf, parseJson, readBytes } from '../read-json.ts';
import { originOf } from '../request/request-origin.ts';
import { fixedHeaders } from '../request/security-headers.ts';

/**
 * The door of the webhooks of GitHub: it keeps what is signed and answers at once; a worker decides what comes of it
 * (deployment S-85, S-86).
 */

/** GitHub's own limit of a payload. */
const MAX_BODY_BYTES = 25 * 1024 * 1024;
/** Bodies that are held at a time: nobody has proved anything before the whole of one was read. */
const bodies = createByteGate(4 * MAX_BODY_BYTES);

interface HookHeaders {
  guid: string;
  event: string;
  hookId: string | null;
}

/** A header that names something; null for one that is absent or no name. */
function nameIn(headers: Headers, name: string): string | null {
  const value = headers.get(name) ?? '';
  return /^[\w-]{1,100}$/.test(value) ? value : null;
}

/** @throws AppError `invalid`: what has no delivery id could be sent again and again (deployment S-87) */
function readHeaders(headers: Headers): HookHeaders {
  const guid = nameIn(headers, 'x-github-delivery');
  const event = nameIn(headers, 'x-github-event');
  if (guid === null || event === null)
    throw new AppError('invalid', 'X-GitHub-Delivery and X-GitHub-Event are needed.');
  return { guid, event, hookId: nameIn(headers, 'x-github-hook-id') };
}

/** Runs work on the body of a request, while all bodies together stay within what this process can hold. */
async function withBody<R>({ headers, body }: Request, work: (bytes: Buffer) => Promise<R>): Promise<R> {
  if (!body) throw new AppError('invalid', 'A body is needed.');
  const said = Number(headers.get('content-length') ?? MAX_BODY_BYTES);
  if (!(said <= MAX_BODY_BYTES))
    throw new AppError('too_large', `The body is larger than ${MAX_BODY_BYTES} bytes.`);
  if (!bodies.tryReserve(said))
    throw new AppError('unavailable', 'Too much is being received at the moment.', { retryAfterSeconds: 5 });
  try {
    return await work(await readBytes(body, said));
  } finally {
    bodies.release(said);
  }
}

/** @returns whether the delivery was new */
async function receive(context: WebContext, request: Request, id: string): Promise<boolean> {
  const { db, deps, budgets } = context;
  const headers = readHeaders(request.headers);
  await budgets.alerts.take(`github:${id}:${networkOf(originOf(request.headers).ip)}`);
  return withBody(request, async (body) => {
    const repository = await findHooked({ db, sealer: deps.sealer }, id);
    const signature = request.headers.get('x-hub-signature-256');
    if (!isSignedBy(body, signature, repository?.secrets ?? []) || repository === null)
      throw new AppError('unauthenticated', 'The signature is not one of a webhook of this address.');
    return storeDelivery(db, repository, { ...headers, body, parsed: parseJson(body) });
  });
}

async function answer(context: WebContext, request: Request, id: string): Promise<[number, object]> {
  if (!(await context.features?.())?.deployment_automation || !isUuid(id))
    return [404, { message: 'There is nothing at this address.' }];
  if (contentTypeOf(request) !== 'application/json')
    return [415, { message: 'Choose application/json as the content type of the webhook.' }];
  const isNew = await receive(context, request, id);
  return isNew ? [202, { deduped: false }] : [200, { deduped: true }];
}

/** Takes a delivery: 202 once it is stored, 200 for one that was before, else why not. */
export async function webhookRoute(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  const context = await webContext();
  const headers = new Headers([...fixedHeaders(context.config.app.secure), ['cache-control', 'no-store']]);
  const metrics = webMetrics();
  let response: Response;
  try {
    const [status, body] = await answer(context, request, (await params).id);
    response = Response.json(body, { status, headers });
  } catch (error) {
    const { code, message, retryAfterSeconds } = describeFailure(error, context.log);
    if (retryAfterSeconds !== undefined) headers.set('retry-after', String(retryAfterSeconds));
    const status = code === 'invalid' ? 400 : HTTP_STATUS[code];
    response = Response.json({ message }, { status, headers });
  }
  metrics.deliveries.inc({ result: String(response.status) });
  metrics.requests.inc({ method: request.method, status: response.status });
  return response;
}
