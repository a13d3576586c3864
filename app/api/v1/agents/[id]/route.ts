import { operationRoute } from '../../operation-route.ts';
import { operations } from '../../operations.ts';

export const GET = operationRoute(operations.getAgent);
export const PATCH = operationRoute(operations.updateAgent);
export const DELETE = operationRoute(operations.deleteAgent);
