import { cutText } from '#lib/model/cut-text.ts';
import { ACTIVE_STATUSES, DEPLOYMENT_STATUSES, type DeploymentStatus } from '#lib/model/deployment-status.ts';
import type { Query } from '#lib/model/paths.ts';
import { toStorable } from '#lib/model/storable-text.ts';
import { isUuid } from '#lib/model/uuid.ts';

/** `active`: those that are not over. */
export type StatusChoice = DeploymentStatus | 'active' | '';

/** How the list is narrowed, and where its page begins; all of it stands in the address. */
export interface DeploymentFilter {
  status: StatusChoice;
  environment: string;
  agentId: string;
  cursor: string;
}

/** Reads the address; what it doesn't know is left out, and characters that no name can have. */
export function filterOfSearch(search: { get(name: string): string | null }): DeploymentFilter {
  const status = search.get('status');
  const [agentId, cursor] = [search.get('agent') ?? '', search.get('cursor') ?? ''];
  return {
    status: (['active', ...DEPLOYMENT_STATUSES] as const).find((each) => each === status) ?? '',
    environment: cutText(toStorable(search.get('env') ?? ''), 64),
    agentId: isUuid(agentId) ? agentId : '',
    cursor: isUuid(cursor) ? cursor : '',
  };
}

const PAGE_SIZE = 50;

/** What the interface is asked for; empty values are left out of addresses. */
export function listQuery({ status, environment, agentId, cursor }: DeploymentFilter): Query {
  return {
    status: status === 'active' ? ACTIVE_STATUSES.join(',') : status,
    environment,
    agentId,
    cursor,
    limit: PAGE_SIZE,
  };
}

/** All that are not over, whatever the filter: what the page says first. */
export const ACTIVE_QUERY: Query = { status: ACTIVE_STATUSES.join(','), limit: 200 };

export const isNarrowed = ({ status, environment, agentId }: DeploymentFilter): boolean =>
  status !== '' || environment !== '' || agentId !== '';
