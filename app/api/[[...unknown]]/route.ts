import { nothingHere } from '#lib/web/refusals.ts';

/** Whatever no other route below `/api` is asked for. */
export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = nothingHere;
