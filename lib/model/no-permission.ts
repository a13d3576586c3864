/** Digest of an error page that stands where the roles of a person do not let them look. */
export const NO_PERMISSION = 'no-permission';
