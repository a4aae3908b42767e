import { expect, logIn, test } from '../console';

const ADMIN = { authorization: `Basic ${Buffer.from('ada:ada-password').toString('base64')}` };

test('figures and queues change without a reload', async ({ page, request }) => {
  await page.goto('/console/#/queues');
  await logIn(page, 'sam');
  const queue = page.getByRole('row').filter({ hasText: 'VQ_Night' });
  await expect(queue.getByRole('cell').nth(1)).toContainText('0');
  await expect(page.getByText('Live', { exact: true })).toBeVisible();

  for (const number of ['+12125550101', '+12125550102']) {
    const started = await request.post('/genesys/1/service/callback/night', {
      headers: ADMIN,
      data: { _customer_number: number },
    });
    expect(started.status()).toBe(200);
  }
  await expect(queue.getByRole('cell').nth(1)).toContainText('2');
  await queue.getByRole('link').click();
  await expect(page.getByRole('heading', { name: 'The first 2 callbacks' })).toBeVisible();
  await expect(page.getByText('Nobody works here')).toBeVisible();
  await page.getByRole('button', { name: 'Show as a table' }).click();
  await expect(page.getByRole('region', { name: 'Queue VQ_Night, as a table' })).toBeVisible();

  await page.getByRole('link', { name: 'Now' }).click();
  const first = page.getByRole('region', { name: 'Look at this first' });
  await expect(first).toContainText('2 callers in VQ_Night, and nobody works there');
});

test('paused figures stand still and say so', async ({ page, request }) => {
  await page.goto('/console/#/queues');
  await logIn(page, 'sam');
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  await page.keyboard.press('p');
  await expect(page.getByText('Paused', { exact: true })).toBeVisible();
  const queue = page.getByRole('row').filter({ hasText: 'VQ_Night' });
  const before = await queue.getByRole('cell').nth(1).innerText();
  await request.post('/genesys/1/service/callback/night', {
    headers: ADMIN,
    data: { _customer_number: '+12125550103' },
  });
  await page.getByRole('button', { name: 'Resume live figures' }).click();
  await expect(queue.getByRole('cell').nth(1)).not.toHaveText(before);
});

test('a service is paused and resumed after it was asked', async ({ page }) => {
  await page.goto('/console/');
  await logIn(page, 'sam');
  const row = page.getByRole('row').filter({ hasText: 'sales' });
  await row.getByRole('button', { name: 'Pause sales' }).click();
  const dialog = page.getByRole('dialog', { name: 'Pause service sales?' });
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(row.getByRole('button', { name: 'Pause sales' })).toBeFocused();
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Pause sales' }).click();
  await expect(row).toContainText('paused');
  await expect(page.getByRole('region', { name: 'Look at this first' })).toContainText(
    'sales is paused',
  );
  await row.getByRole('button', { name: 'Resume sales' }).click();
  const again = page.getByRole('dialog', { name: 'Resume service sales?' });
  await again.getByRole('button', { name: 'Resume sales' }).click();
  await expect(row).toContainText('running');
});

test('who may only read is offered nothing else, and refused by the server', async ({ page, watch }) => {
  watch.expect(/status of 403/);
  await page.goto('/console/');
  await logIn(page, 'rea');
  await expect(page.getByRole('row').filter({ hasText: 'sales' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Pause sales' })).toHaveCount(0);
  const refused = await page.evaluate(() =>
    fetch('../v1/services/sales/pause', { method: 'POST' }).then((it) => it.status),
  );
  expect(refused).toBe(403);
});

test('the server goes away and comes back under an open page', async ({ page, context, watch }) => {
  watch.expect(/ERR_INTERNET_DISCONNECTED|ERR_FAILED|ERR_NETWORK/);
  await page.goto('/console/#/queues');
  await logIn(page, 'sam');
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  await context.setOffline(true);
  await page.reload().catch(() => undefined);
  await context.setOffline(false);
  await page.goto('/console/#/queues');
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
});

test('keys lead to pages and rows, and rest while somebody types', async ({ page }) => {
  await page.goto('/console/');
  await logIn(page, 'sam');
  await expect(page.getByRole('heading', { name: 'Now' })).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('q');
  await expect(page.getByRole('heading', { name: 'Queues' })).toBeFocused();
  await page.keyboard.press('/');
  await page.keyboard.type('gq VQ');
  await expect(page.getByRole('searchbox')).toHaveValue('gq VQ');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('vq_night');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Queue VQ_Night' })).toBeFocused();
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'Queues' })).toBeFocused();
  await page.getByRole('link', { name: 'VQ_Night' }).focus();
  await page.keyboard.press('j');
  await expect(page.getByRole('link', { name: 'VQ_Preview' })).toBeFocused();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('link', { name: 'VQ_Preview' })).toBeFocused();
});
