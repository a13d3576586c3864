import { AppError } from '#lib/kernel/errors.ts';

/** Largest JSON body, unless a door says otherwise. */
const MAX_BODY_BYTES = 256 * 1024;
/** Deepest nesting of a body that is parsed. */
const MAX_DEPTH = 32;

/** The bytes of a body, counted while they stream in. */
export async function readBytes(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of body) {
    total += chunk.byteLength;
    if (total > maxBytes) throw new AppError('too_large', `The body is larger than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, total);
}

/** @throws AppError `invalid` for text that is nested deeper than a body may be, before it is parsed */
export function refuseDeep(text: string): void {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (inString) {
      if (char === '\\') i += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') {
      depth += 1;
      if (depth > MAX_DEPTH)
        throw new AppError('invalid', `The body is nested deeper than ${MAX_DEPTH} levels.`);
    } else if (char === '}' || char === ']') depth -= 1;
  }
}

/**
 * Parses the bytes of a JSON body.
 *
 * @throws AppError `invalid` for bad UTF-8, bad JSON or deep nesting
 */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    refuseDeep(text);
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('invalid', 'The body is no valid JSON.', { cause });
  }
}

/** The content type of a request without its parameters, in lower case; empty where there is none. */
export function contentTypeOf(request: Request): string {
  return request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
}

/**
 * Reads a JSON body, counted while it streams in, so that a large one costs nothing (security N4).
 *
 * @throws AppError `invalid` for another content type, bad UTF-8, bad JSON or deep nesting; `too_large`
 */
export async function readJson(
  request: Request,
  maxBytes = MAX_BODY_BYTES,
  types: readonly string[] = ['application/json'],
): Promise<unknown> {
  if (!types.includes(contentTypeOf(request)))
    throw new AppError('invalid', 'Send the body as application/json.');
  if (!request.body) throw new AppError('invalid', 'A body is needed.');
  return parseJson(await readBytes(request.body, maxBytes));
}
