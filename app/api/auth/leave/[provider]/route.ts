import { leaveForProvider } from '#lib/web/auth/leave-for-provider.ts';
import { onlyMethods } from '#lib/web/refusals.ts';

export { leaveForProvider as GET };
export const { POST, PUT, PATCH, DELETE, OPTIONS } = onlyMethods('GET');
