import type { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { webContext } from '#lib/compose/web.ts';
import { setNextAuthAddress } from '#lib/config/next-auth-address.ts';
import { describeFailure } from '../failure.ts';
import { problem } from '../problem.ts';
import { originOf } from '../request/request-origin.ts';
import { sessionCookie } from '../session-cookie.ts';
import { authOptions } from './options.ts';

interface AuthParams {
  params: Promise<{ nextauth: string[] }>;
}

/** What of next-auth can be reached from outside; the sign-in itself starts in a server action of ours. */
const REACHABLE: ReadonlySet<string> = new Set(['GET callback', 'GET session', 'GET error', 'GET signin']);

/** Runs next-auth for one request, with options made for it. */
export async function runNextAuth(request: NextRequest, path: string[]): Promise<Response> {
  const context = await webContext();
  setNextAuthAddress(context.config);
  const held = request.cookies.get(sessionCookie(context.config.app).name)?.value ?? null;
  const replaces = path[0] === 'callback' ? held : null;
  const options = authOptions(context, originOf(request.headers), replaces);
  return NextAuth(request, { params: Promise.resolve({ nextauth: path }) }, options);
}

/** The route handler of `/api/auth/*`. */
export async function authHandler(request: NextRequest, { params }: AuthParams): Promise<Response> {
  const { log } = await webContext();
  const { nextauth } = await params;
  if (!REACHABLE.has(`${request.method} ${nextauth[0]}`)) {
    return problem({ code: 'not_found', message: 'Not found.', issues: [] });
  }
  try {
    return await runNextAuth(request, nextauth);
  } catch (error) {
    return problem(describeFailure(error, log));
  }
}
