import { and, eq } from 'drizzle-orm';
import { gateSources } from '#db/schema/gates.ts';
import type { CommandDeps } from '#lib/command/context.ts';
import { AppError } from '#lib/kernel/errors.ts';
import type { GateSource, QueryTemplate, SourceAuthorization } from '#lib/model/gate-source.ts';
import type { OutboundPolicy } from '#lib/model/outbound.ts';
import { typedTargetRefusal } from '#lib/outbound/typed-target.ts';
import { templateProblem } from '../prometheus/render-query.ts';

export type SourceRow = typeof gateSources.$inferSelect;

/** A source of the team: the predicate of every statement about one (security Z4). */
export const ownSource = (teamId: string, id: string) =>
  and(eq(gateSources.teamId, teamId), eq(gateSources.id, id));

export const noSuchSource = () => new AppError('not_found', 'There is no such source of gates.');

const invalid = (path: string, message: string) =>
  new AppError('invalid', 'Some values are not valid.', { issues: [{ path, message }] });

export const sourceNameTaken = () =>
  new AppError('conflict', 'There is a source of this name.', {
    issues: [{ path: 'name', message: 'Is taken.' }],
  });

/** @throws AppError `invalid` for an address that would be refused whenever it is asked (security O4) */
export function checkUrl(url: string, policy: OutboundPolicy): void {
  const refusal = typedTargetRefusal(url, policy);
  if (refusal !== null) throw invalid('url', refusal);
  const { search, hash } = new URL(url);
  if (search !== '' || hash !== '') throw invalid('url', 'The address holds a query or a fragment.');
}

/** @throws AppError `invalid` for one that would have a value stand where it can't be escaped (deployment S-100) */
export function checkTemplates(templates: readonly QueryTemplate[]): void {
  for (const [i, { query }] of templates.entries()) {
    const problem = templateProblem(query);
    if (problem !== null) throw invalid(`templates.${i}.query`, problem);
  }
}

/** The header of what was typed. */
function authorizationHeader(authorization: SourceAuthorization): string {
  if (authorization.kind === 'bearer') return `Bearer ${authorization.token}`;
  const { user, password } = authorization;
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/**
 * What a server is entered with, sealed: what is given, else what is kept of the source. What enters one server is not
 * sent to another, only because an address was changed.
 *
 * @throws AppError `invalid` where it would be
 */
export function headerFor(
  { sealer }: Pick<CommandDeps, 'sealer'>,
  row: Pick<SourceRow, 'url' | 'sealedAuthorization'> | null,
  url: string,
  given: SourceAuthorization | null | undefined,
): string | null {
  if (given !== undefined) return given === null ? null : sealer.seal(authorizationHeader(given));
  if (row === null || row.sealedAuthorization === null) return null;
  if (new URL(url).origin === new URL(row.url).origin) return row.sealedAuthorization;
  throw invalid('authorization', 'Another server: give the authorization again, or null for none.');
}

/** What the ledger keeps of a source. */
export const sourceSnapshot = ({ name, url, sealedAuthorization, templates }: SourceSnapshot) => ({
  ...{ name, url, hasAuthorization: sealedAuthorization !== null },
  templates: templates.map((template) => JSON.stringify(template)),
});
type SourceSnapshot = Pick<SourceRow, 'name' | 'url' | 'sealedAuthorization' | 'templates'>;

export function sourceView({
  id,
  name,
  url,
  sealedAuthorization,
  templates,
  updatedAt,
}: SourceRow): GateSource {
  const hasAuthorization = sealedAuthorization !== null;
  return { id, name, url, hasAuthorization, templates, updatedAt: updatedAt.getTime() };
}
