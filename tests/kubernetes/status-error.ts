import type { Kind } from './storage/kinds.ts';

export interface StatusCause {
  reason: string;
  message: string;
  field: string;
}

interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

/** A refusal as the API server words it: the HTTP status, and a Status object as the body. */
export class StatusError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: StatusDetails;

  constructor(code: number, reason: string, message: string, details: StatusDetails = {}) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  get body() {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      reason: this.reason,
      ...(Object.keys(this.details).length > 0 && { details: this.details }),
      code: this.code,
    };
  }
}

/** `deployments.apps`, and for the core group `pods`. */
export function resourceName(kind: Pick<Kind, 'plural' | 'group'>): string {
  return kind.group ? `${kind.plural}.${kind.group}` : kind.plural;
}

function detailsOf(kind: Pick<Kind, 'plural' | 'group'>, name: string): StatusDetails {
  return { name, ...(kind.group && { group: kind.group }), kind: kind.plural };
}

export function notFound(kind: Pick<Kind, 'plural' | 'group'>, name: string): StatusError {
  return new StatusError(404, 'NotFound', `${resourceName(kind)} "${name}" not found`, detailsOf(kind, name));
}

export function noSuchPath(): StatusError {
  return new StatusError(404, 'NotFound', 'the server could not find the requested resource');
}

export function alreadyExists(kind: Kind, name: string): StatusError {
  const message = `${resourceName(kind)} "${name}" already exists`;
  return new StatusError(409, 'AlreadyExists', message, detailsOf(kind, name));
}

export function isStale(kind: Kind, name: string): StatusError {
  const why = 'the object has been modified; please apply your changes to the latest version and try again';
  return wasNotDone(kind, name, why);
}

export function wasNotDone(kind: Kind, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${resourceName(kind)} "${name}": ${why}`;
  return new StatusError(409, 'Conflict', message, detailsOf(kind, name));
}

export function forbidden(kind: Pick<Kind, 'plural' | 'group'>, name: string, why: string): StatusError {
  const what = name ? `${resourceName(kind)} "${name}"` : resourceName(kind);
  return new StatusError(403, 'Forbidden', `${what} is forbidden: ${why}`, detailsOf(kind, name));
}

/** 422 with one cause a field. */
export function isInvalid(kind: Kind, name: string, causes: StatusCause[]): StatusError {
  const words = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const told = words.length === 1 ? words[0] : `[${words.join(', ')}]`;
  const typeName = kind.group ? `${kind.kind}.${kind.group}` : kind.kind;
  return new StatusError(422, 'Invalid', `${typeName} "${name}" is invalid: ${told}`, {
    name,
    ...(kind.group && { group: kind.group }),
    kind: kind.kind,
    causes,
  });
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}

export function hasExpired(message: string): StatusError {
  return new StatusError(410, 'Expired', message);
}
