import { backChannelLogout } from '#lib/web/auth/back-channel.ts';
import { onlyMethods } from '#lib/web/refusals.ts';

export { backChannelLogout as POST };
export const { GET, PUT, PATCH, DELETE, OPTIONS } = onlyMethods('POST');
