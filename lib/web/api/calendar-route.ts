import { webContext } from '#lib/compose/web.ts';
import { networkOf } from '#lib/kernel/client-address.ts';
import { AppError } from '#lib/kernel/errors.ts';
import { readCalendar } from '#lib/on-call/calendar-verbs.ts';
import { describeFailure } from '../failure.ts';
import { problem } from '../problem.ts';
import { originOf } from '../request/request-origin.ts';

/** Calendar programs can't sign in: whoever knows the secret address reads the shifts, and nothing else. */
export async function calendarRoute(
  request: Request,
  { params }: { params: Promise<{ token: string }> },
): Promise<Response> {
  const context = await webContext();
  try {
    await context.budgets.api.take(`calendar ${networkOf(originOf(request.headers).ip)}`);
    const { token } = await params;
    const calendar = await readCalendar(context.db, token.replace(/\.ics$/, ''));
    if (calendar === null) throw new AppError('not_found', 'There is no such calendar.');
    return new Response(calendar, {
      headers: {
        'content-type': 'text/calendar; charset=utf-8',
        'content-disposition': 'inline; filename="on-call.ics"',
        'cache-control': 'private, max-age=300',
      },
    });
  } catch (error) {
    return problem(describeFailure(error, context.log));
  }
}
