/** Real AI SDK agents on its mock language model: sub-agents are tools of the agent that calls them. */
import { generateText, isStepCount, tool } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { z } from 'zod';
import { chance, logNormal, pick, sleep } from './chance.mjs';
import { tools as toolTable } from './fleet.mjs';

const startedAt = Date.now();
const question = z.object({ question: z.string() });

/** Token usage as a provider reports it: cached and reasoning tokens are part of the totals. */
function usageOf(agent, toolResults) {
  const input = Math.round(logNormal(agent.inputTokens * (1 + 0.4 * toolResults), 0.25));
  const output = Math.round(logNormal(agent.outputTokens, 0.4));
  const cacheRead = Math.round(input * agent.cachedShare);
  const reasoning = Math.round(output * agent.reasoningShare);
  return {
    inputTokens: { total: input, noCache: input - cacheRead, cacheRead, cacheWrite: 0 },
    outputTokens: { total: output, text: output - reasoning, reasoning },
  };
}

/** Chance that the model asks for another tool, by the number of results it already has. */
const askAgain = [0.85, 0.4, 0.1];

function mockModel(agent) {
  return new MockLanguageModelV4({
    provider: agent.provider,
    modelId: agent.model,
    doGenerate: async (options) => {
      const hours = (Date.now() - startedAt) / 3_600_000;
      await sleep(logNormal(agent.latencyMs * (1 + agent.driftPerHour * hours)));
      if (chance(agent.errorRate))
        throw new Error(pick(['429 rate limit exceeded', '529 overloaded', 'context length exceeded']));
      const results = options.prompt.filter((message) => message.role === 'tool').length;
      const names = (options.tools ?? []).map((offered) => offered.name);
      const usage = usageOf(agent, results);
      if (names.length > 0 && chance(askAgain[results] ?? 0)) {
        const call = {
          type: 'tool-call',
          toolCallId: crypto.randomUUID(),
          toolName: pick(names),
          input: '{"question":"next step"}',
        };
        return {
          content: [call],
          finishReason: { unified: 'tool-calls', raw: 'tool_calls' },
          usage,
          warnings: [],
        };
      }
      return {
        content: [{ type: 'text', text: 'Done.' }],
        finishReason: { unified: 'stop', raw: 'stop' },
        usage,
        warnings: [],
      };
    },
  });
}

function plainTool(name) {
  const behaviour = toolTable[name];
  return tool({
    description: `Demo tool ${name}`,
    inputSchema: question,
    execute: async () => {
      await sleep(logNormal(behaviour.latencyMs));
      if (chance(behaviour.errorRate)) throw new Error(`${name}: upstream answered 503`);
      return { ok: true };
    },
  });
}

/**
 * Runs one agent to its end. Failures of models surface as rejections, as they do for users.
 *
 * @param {object} team one value of the fleet table
 * @param {string} name the agent's name, sent as its function id
 */
export async function runAgent(team, name) {
  const agent = team.agents[name];
  const callable = Object.fromEntries(agent.tools.map((toolName) => [toolName, plainTool(toolName)]));
  for (const other of agent.calls) {
    callable[`ask_${other}`] = tool({
      description: `Hands a part of the work to ${other}`,
      inputSchema: question,
      execute: async () => (await runAgent(team, other)).text,
    });
  }
  return generateText({
    model: mockModel(agent),
    prompt: 'Handle the next request.',
    tools: callable,
    stopWhen: isStepCount(5),
    maxRetries: 0,
    telemetry: { functionId: name },
  });
}
