import { type NextRequest, NextResponse } from 'next/server';
import NextAuth from 'next-auth';
import { type WebContext, webContext } from '#lib/compose/web.ts';
import { setNextAuthAddress } from '#lib/config/next-auth-address.ts';
import { describeFailure } from '../failure.ts';
import { problem } from '../problem.ts';
import { originOf } from '../request/request-origin.ts';
import { sessionCookie } from '../session-cookie.ts';
import { refusal } from './admit.ts';
import { type Errand, errandCookie, openErrand } from './errand.ts';
import { namesFailure } from './failure-name.ts';
import { authOptions, type RunOptions, run } from './options.ts';
import { failErrand, performErrand } from './perform-errand.ts';
import { recordFailedArrival } from './record-failure.ts';
import { comesBackNowhere } from './return-address.ts';
import { findSource, type SignInSource } from './source.ts';

interface AuthParams {
  params: Promise<{ nextauth: string[] }>;
}

/** What of next-auth can be reached from outside; the sign-in itself starts in a server action of ours. */
const REACHABLE: ReadonlySet<string> = new Set(['GET callback', 'GET session', 'GET error', 'GET signin']);

/** An answer of next-auth, and what went wrong on its way. */
interface AuthRun {
  response: Response;
  problem: unknown;
}

/** Runs next-auth for one request, with options made for it. */
export function runNextAuth(
  request: NextRequest,
  path: string[],
  given: Pick<RunOptions, 'source' | 'wasAsked' | 'errand'>,
): Promise<AuthRun> {
  const here = { problem: undefined as unknown };
  return run.run(here, async () => {
    const context = await webContext();
    setNextAuthAddress(context.config);
    const held = request.cookies.get(sessionCookie(context.config.app).name)?.value ?? null;
    const replaces = path[0] === 'callback' ? held : null;
    const options = authOptions(context, { ...given, origin: originOf(request.headers), replaces });
    const response: Response = await NextAuth(
      request,
      { params: Promise.resolve({ nextauth: path }) },
      options,
    );
    return { response, problem: here.problem };
  });
}

/** The answer of a provider to somebody who went there for something else than signing in. */
async function answerErrand(
  context: WebContext,
  request: NextRequest,
  source: SignInSource,
  errand: Errand,
): Promise<Response> {
  let done = false;
  const { response, problem: wrong } = await runNextAuth(request, ['callback', source.id], {
    source,
    wasAsked: false,
    errand: async (vouched) => {
      done = true;
      return performErrand(context, source, errand, vouched);
    },
  });
  if (!done) response.headers.set('location', await failErrand(context, source, errand, wrong));
  const answer = new NextResponse(null, response);
  const { name, options } = errandCookie(context.config.app);
  answer.cookies.set(name, '', { ...options, maxAge: 0 });
  return answer;
}

async function answerCallback(context: WebContext, request: NextRequest, sourceId = ''): Promise<Response> {
  const source = await findSource(context, sourceId);
  const sealed = request.cookies.get(errandCookie(context.config.app).name)?.value;
  const errand = openErrand(context, sealed, source?.id, request.nextUrl.searchParams.get('state'));
  const wasAsked = errand?.kind === 'prove';
  if (source && errand && !wasAsked) return answerErrand(context, request, source, errand);
  if (!source?.enabled) return NextResponse.redirect(new URL(refusal('Callback'), context.config.app.url));
  const answer = await runNextAuth(request, ['callback', source.id], { source, wasAsked, errand: null });
  await recordFailedArrival(context, request, source, answer);
  return answer.response;
}

/** The route handler of `/api/auth/*`. */
export async function authHandler(request: NextRequest, { params }: AuthParams): Promise<Response> {
  const context = await webContext();
  const { nextauth } = await params;
  if (!REACHABLE.has(`${request.method} ${nextauth[0]}`)) {
    return problem({ code: 'not_found', message: 'Not found.', issues: [] });
  }
  if (comesBackNowhere(request, context.config.app))
    return problem({ code: 'invalid', message: 'callbackUrl is no address.', issues: [] });
  if (nextauth[0] === 'error' && !namesFailure(request.nextUrl))
    return problem({ code: 'invalid', message: 'error is no name of a failure.', issues: [] });
  try {
    if (nextauth[0] === 'callback') return await answerCallback(context, request, nextauth[1]);
    const { response } = await runNextAuth(request, nextauth, {
      source: null,
      wasAsked: false,
      errand: null,
    });
    return response;
  } catch (error) {
    return problem(describeFailure(error, context.log));
  }
}
