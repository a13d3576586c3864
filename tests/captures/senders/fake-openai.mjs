// A fake of OpenAI's chat completions over HTTP: answers requests from a script, in order.
import { createServer } from 'node:http';

/** Starts the fake; `script` holds the answers: { text } or { tool, input }, with `usage`, or { status }. */
export async function startFakeOpenAi(script) {
  const answers = [...script];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { model } = JSON.parse(body);
    const answer = answers.shift() ?? { text: 'done', usage: [1, 1] };
    response.setHeader('content-type', 'application/json');
    if (answer.status) {
      response.statusCode = answer.status;
      response.end(JSON.stringify({ error: { message: 'overloaded', type: 'server_error' } }));
      return;
    }
    response.end(JSON.stringify(completion(model, answer)));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}/v1`, close: () => server.close() };
}

function completion(model, { text, tool, input, usage: [prompt, output, cached = 0, reasoning = 0] }) {
  const calls = tool && [
    { id: `call_${tool}`, type: 'function', function: { name: tool, arguments: JSON.stringify(input) } },
  ];
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: `${model}-2024-08-06`,
    choices: [
      {
        index: 0,
        finish_reason: tool ? 'tool_calls' : 'stop',
        message: { role: 'assistant', content: text ?? null, ...(calls ? { tool_calls: calls } : {}) },
      },
    ],
    usage: {
      prompt_tokens: prompt,
      completion_tokens: output,
      total_tokens: prompt + output,
      prompt_tokens_details: { cached_tokens: cached },
      completion_tokens_details: { reasoning_tokens: reasoning },
    },
  };
}
