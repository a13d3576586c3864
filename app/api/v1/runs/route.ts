import { operationRoute } from '../operation-route.ts';
import { operations } from '../operations.ts';

export const GET = operationRoute(operations.listRuns);
