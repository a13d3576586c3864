import { operationRoute } from '../../../operation-route.ts';
import { operations } from '../../../operations.ts';

export const POST = operationRoute(operations.stopAgent);
