import { webContext } from '#lib/compose/web.ts';
import { openApiDocument } from '../openapi.ts';
import { operations } from '../operations.ts';

/** The document of the API, open to everybody: it holds nothing of any team. */
export async function GET(): Promise<Response> {
  const { name, version, url } = (await webContext()).config.app;
  const document = openApiDocument(operations, { title: `${name} API`, version, url });
  return Response.json(document, { headers: { 'cache-control': 'public, max-age=300' } });
}
