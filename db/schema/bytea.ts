import { customType } from 'drizzle-orm/pg-core';

/** Binary column as a Buffer. */
export const bytea = customType<{ data: Buffer; driverData: Buffer }>({
  dataType: () => 'bytea',
});
