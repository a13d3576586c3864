import { z } from 'zod';
import { AppError } from '#lib/kernel/errors.ts';
import { actorIn } from '#lib/members/find-session.ts';
import type { LiveTokenAnswer } from '#lib/model/live.ts';
import { issueLiveToken, LIVE_TOKEN_SECONDS } from '#lib/pipeline/live/live-token.ts';
import { readJson } from '#lib/web/read-json.ts';
import { onlyMethods } from '#lib/web/refusals.ts';
import { route } from '#lib/web/route.ts';
import { currentSignedIn } from '#lib/web/session.ts';

const MAX_BODY_BYTES = 1024;
const bodySchema = z.strictObject({ teamId: z.uuid() });

/** A token for one live connection of the signed-in person to one of their teams (security K2). */
export const POST = route({
  door: 'session',
  budgets: ['liveToken'],
  async handle({ request, actor, context }) {
    const body = bodySchema.safeParse(await readJson(request, MAX_BODY_BYTES));
    if (!body.success) throw new AppError('invalid', 'Name the team: {"teamId": "..."}.');
    const { teamId } = body.data;
    const signedIn = await currentSignedIn();
    const inTeam = signedIn && actorIn(signedIn.session, teamId, actor.origin);
    if (inTeam?.teamId !== teamId) throw new AppError('forbidden', 'You are not in this team any more.');
    const token = issueLiveToken(context.config.secrets.key, context.clock, inTeam);
    const answer: LiveTokenAnswer = { token, expiresInSeconds: LIVE_TOKEN_SECONDS };
    return Response.json(answer);
  },
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = onlyMethods('POST');
