import { nothingHere } from '#lib/web/refusals.ts';

/** Whatever the provisioning door below is not asked for: no page stands here, whose actions nobody would look at. */
export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = nothingHere;
