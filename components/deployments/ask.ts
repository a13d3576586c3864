import { ask } from '#components/live/ask.ts';
import type { Page } from '#lib/model/agent-view.ts';
import type { DeploymentDetail, DeploymentRow } from '#lib/model/deployment.ts';
import { paths, type Query } from '#lib/model/paths.ts';

/** Both throw `RequestFailure` with words for the person who looks. */
export const readDeployments = (query: Query) => ask<Page<DeploymentRow>>(paths.api.deployments(query));
export const readDeployment = (id: string) => ask<DeploymentDetail>(paths.api.deployment(id));
