import { expect, logIn, looksRight, test } from '../console';

const ADMIN = { authorization: `Basic ${Buffer.from('ada:ada-password').toString('base64')}` };

test('the login', async ({ page }) => {
  await page.goto('/console/');
  await expect(page.getByLabel('Name')).toBeVisible();
  await looksRight(page, 'login');
});

test('now, empty of trouble and full of it', async ({ page, request }) => {
  await page.goto('/console/');
  await logIn(page, 'ada');
  await expect(page.getByRole('heading', { name: 'All is well' })).toBeVisible();
  await looksRight(page, 'now');
  await request.post('/genesys/1/service/callback/night', {
    headers: ADMIN,
    data: { _customer_number: '+12125550101' },
  });
  await request.post('/v1/services/sales/pause', { headers: ADMIN });
  await expect(page.getByRole('heading', { name: 'Look at this first' })).toBeVisible();
  await looksRight(page, 'now-troubled');
  await page.getByRole('button', { name: 'Resume sales' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await looksRight(page, 'now-dialog');
});

test('queues, one queue, one that is none', async ({ page, watch }) => {
  watch.expect(/status of 404/);
  await page.goto('/console/#/queues');
  await logIn(page, 'ada');
  await expect(page.getByRole('link', { name: 'VQ_Night' })).toBeVisible();
  await looksRight(page, 'queues');
  await page.getByRole('link', { name: 'VQ_Night' }).click();
  await expect(page.getByRole('heading', { name: /The first|Nobody waits/ })).toBeVisible();
  await looksRight(page, 'queue');
  await page.goto('/console/#/queues/VQ_None');
  await expect(page.getByRole('alert')).toContainText('VQ_None');
  await looksRight(page, 'queue-none');
});

test('settings, help and a page that is none', async ({ page }) => {
  await page.goto('/console/#/settings');
  await logIn(page, 'ada');
  await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible();
  await looksRight(page, 'settings');
  await page.keyboard.press('?');
  await looksRight(page, 'help');
  await page.keyboard.press('Escape');
  await page.goto('/console/#/nothing');
  await expect(page.getByRole('heading', { name: 'There is no such page' })).toBeVisible();
  await looksRight(page, 'missing');
});
