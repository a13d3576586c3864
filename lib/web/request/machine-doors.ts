/** Below these stand doors of machines, which send neither an Origin nor forms: each decides itself. */
const MACHINE_DOORS = ['/api/', '/scim/'];

/** Whether a path as it came in leads to a door that is none of pages and their server actions. */
export function isMachineDoor(url: string): boolean {
  return MACHINE_DOORS.some((path) => url.startsWith(path));
}
