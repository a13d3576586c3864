/**
 * The fleet of the demo as data: two teams of agents, who calls whom, which tools and models they use
 * and how they behave. Latencies are medians of a log-normal distribution in milliseconds.
 */
export const fleet = {
  'support-desk': {
    version: '2.4.1',
    entry: 'triage',
    runsPerMinute: 24,
    agents: {
      triage: agent('openai', 'gpt-4o-mini', 380, 620, 45, {
        tools: ['lookup_order', 'classify_intent'],
        calls: ['refunds', 'knowledge', 'escalation'],
      }),
      refunds: agent('openai', 'gpt-4o', 720, 1100, 140, {
        tools: ['payment_gateway', 'refund_policy'],
        errorRate: 0.03,
      }),
      knowledge: agent('openai', 'gpt-4o-mini', 520, 2400, 210, {
        tools: ['search_articles'],
        cachedShare: 0.6,
      }),
      escalation: agent('anthropic', 'claude-sonnet-4-5', 940, 1500, 260, {
        tools: ['page_human'],
        errorRate: 0.015,
      }),
    },
  },
  'market-research': {
    version: '0.9.3',
    entry: 'planner',
    runsPerMinute: 9,
    agents: {
      planner: agent('anthropic', 'claude-sonnet-4-5', 1200, 1900, 320, {
        calls: ['researcher', 'analyst', 'writer'],
        reasoningShare: 0.4,
      }),
      researcher: agent('openai', 'gpt-4o', 1600, 5200, 480, {
        tools: ['web_search', 'read_page'],
        errorRate: 0.05,
        driftPerHour: 0.8,
      }),
      analyst: agent('google', 'gemini-2.5-pro', 1100, 4100, 390, { tools: ['run_query'], errorRate: 0.02 }),
      writer: agent('anthropic', 'claude-sonnet-4-5', 2100, 3600, 900, { cachedShare: 0.4 }),
    },
  },
};

/** Tools: median latency in milliseconds and the share of calls that fail. */
export const tools = {
  lookup_order: { latencyMs: 60, errorRate: 0.01 },
  classify_intent: { latencyMs: 25, errorRate: 0 },
  payment_gateway: { latencyMs: 340, errorRate: 0.06 },
  refund_policy: { latencyMs: 15, errorRate: 0 },
  search_articles: { latencyMs: 110, errorRate: 0.01 },
  page_human: { latencyMs: 90, errorRate: 0.02 },
  web_search: { latencyMs: 480, errorRate: 0.04 },
  read_page: { latencyMs: 700, errorRate: 0.08 },
  run_query: { latencyMs: 260, errorRate: 0.03 },
};

/**
 * @param {number} latencyMs median of one model call
 * @param {number} inputTokens median prompt size
 * @param {number} outputTokens median answer size
 */
function agent(provider, model, latencyMs, inputTokens, outputTokens, rest = {}) {
  return {
    provider,
    model,
    latencyMs,
    inputTokens,
    outputTokens,
    tools: [],
    calls: [],
    errorRate: 0.008,
    cachedShare: 0,
    reasoningShare: 0,
    /** Growth of the latency per hour of running, 0.8 is 80 %. */
    driftPerHour: 0,
    ...rest,
  };
}
