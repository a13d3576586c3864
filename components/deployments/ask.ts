import { ask } from '#components/live/ask.ts';
import type { Page } from '#lib/model/agent-view.ts';
import type { DeploymentRow } from '#lib/model/deployment.ts';
import { paths, type Query } from '#lib/model/paths.ts';

/** @throws RequestFailure with words for the person who looks */
export const readDeployments = (query: Query) => ask<Page<DeploymentRow>>(paths.api.deployments(query));
