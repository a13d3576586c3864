import { expect, type Page } from '@playwright/test';
import { systemClock } from '#lib/kernel/clock.ts';
import { type KubernetesServer, startKubernetes } from '#tests/kubernetes/start.ts';
import { freshName, rest } from './alerting.ts';
import { test } from './journey.ts';
import { signIn } from './sign-in.ts';

const IMAGE = 'registry.example.test/agent';

let cluster: KubernetesServer;

test.beforeAll(async () => {
  cluster = await startKubernetes({ namespaces: ['agents'], clock: systemClock });
});
test.afterAll(() => cluster.close());
test.beforeEach(({ page }) => signIn(page));

type Deployable = { agentId: string; clusterId: string };

/** An agent, the cluster that it runs in, and how a version of it is deployed there. */
async function agentInCluster(page: Page, name: string) {
  const { id: clusterId } = await rest<{ id: string }>(page, 'POST', '/clusters', {
    ...{ name: freshName('cluster-'), namespaces: ['agents'] },
    ...{ form: 'pasted', kubeconfig: cluster.kubeconfig() },
  });
  await rest(page, 'POST', '/agents', { name });
  const { items } = await rest<{ items: { id: string }[] }>(page, 'GET', `/agents?q=${name}`);
  const agentId = items[0]?.id ?? '';
  const deploy = async (version: string) => {
    const { id } = await rest<{ id: string }>(page, 'POST', '/deployments', {
      ...{ agentId, clusterId, namespace: 'agents', workload: name, container: 'agent' },
      ...{ image: IMAGE, version, byTag: true, changeCause: `brings ${version}` },
    });
    return id;
  };
  return { agentId, clusterId, deploy };
}

/** Asks for the first version of an agent as somebody does who has never deployed it: choose, preview, confirm. */
async function deployByHand(page: Page, name: string, { agentId, clusterId }: Deployable, version: string) {
  await page.goto(`/agents/${agentId}/deployments`);
  await page.getByRole('main').getByRole('link', { name: 'Deploy', exact: true }).click();
  await page.waitForURL(/\/deployments\/new/);
  await page.getByLabel('Cluster', { exact: true }).selectOption(clusterId);
  await page.getByLabel('Workload').fill(name);
  await page.getByLabel('Container').fill('agent');
  await page.getByLabel('Image', { exact: true }).fill(`${IMAGE}:${version}`);
  await page.getByLabel('Version').fill(version);
  await page.getByRole('checkbox', { name: 'Do not look it up' }).check();
  await page.getByRole('button', { name: 'Preview' }).click();
  await expect(page.getByText('Write the image without tag and digest')).toBeVisible();
  await page.getByLabel('Image', { exact: true }).fill(IMAGE);
  await page.getByRole('button', { name: 'Preview' }).click();
  await expect(page.getByText(`There is no agents/${name} yet: it is made.`)).toBeVisible({
    timeout: 30_000,
  });
  await page.getByRole('button', { name: `Deploy ${version}` }).click();
  await page.waitForURL(/\/deployments\/[0-9a-f-]{36}$/);
  return page.url().slice(-36);
}

const statusOf = async (page: Page, id: string) =>
  (await rest<{ status: string }>(page, 'GET', `/deployments/${id}`)).status;
const stands = (page: Page, status: string) => page.locator(`header[data-status="${status}"]`);
const step = (page: Page, key: string) => page.locator(`[data-step="${key}"]`);

test('a rollout is followed live from the list to its end, and rolled back from its page', async ({
  page,
}) => {
  test.setTimeout(120_000);
  const name = freshName('deployed');
  const { deploy, ...place } = await agentInCluster(page, name);
  const first = await deployByHand(page, name, place, '1.0.0');
  await expect.poll(() => statusOf(page, first), { timeout: 30_000 }).toBe('completed');

  await page.goto('/deployments');
  const firstRow = page.locator(`[data-deployment="${first}"]`);
  await expect(firstRow).toContainText('Completed');
  // Its pods do not get ready until they are told to, so that the rollout can be seen under way.
  cluster.onImage(`${IMAGE}:1.1.0`, { is: 'ready', afterMs: Number.POSITIVE_INFINITY });
  const second = await deploy('1.1.0');
  const row = page.locator(`[data-deployment="${second}"]`);
  await expect(row).toContainText('Rolling out');
  await row.getByRole('link').click();

  await expect(stands(page, 'in_progress')).toContainText(/1\.0\.0 .* 1\.1\.0/);
  await expect(step(page, 'applied')).toHaveAttribute('data-state', 'done');
  await expect(step(page, 'rolled-out')).toContainText('1 updated');
  cluster.onImage(`${IMAGE}:1.1.0`, { is: 'ready' });
  await expect(stands(page, 'completed')).toBeVisible({ timeout: 30_000 });
  await expect(step(page, 'over')).toHaveAttribute('data-state', 'done');

  await page.getByRole('toolbar', { name: 'Acts' }).getByRole('button', { name: 'Roll back' }).click();
  const question = page.getByRole('dialog', { name: `Roll back ${name} 1.1.0?` });
  await expect(question).toContainText('What ran before: 1.0.0');
  await question.getByRole('button', { name: 'Roll back', exact: true }).click();
  await page.waitForURL((url) => url.pathname.startsWith('/deployments/') && !url.pathname.endsWith(second));
  await expect(stands(page, 'completed')).toContainText('Rollback', { timeout: 30_000 });

  await page.getByRole('link', { name: 'the deployment of 1.1.0' }).click();
  await expect(stands(page, 'rolled_back')).toContainText('It was rolled back');
  await expect(page.getByRole('region', { name: 'Timeline' })).toContainText('Rolled back');
});
