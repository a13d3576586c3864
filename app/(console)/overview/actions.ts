'use server';

import { listDeployments } from '#lib/deployments/queries.ts';
import { asking } from '#lib/web/action.ts';

export const recentDeployments = asking(listDeployments);
