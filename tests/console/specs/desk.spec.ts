import { expect, logIn, looksRight, test } from '../console';

const ADMIN = { authorization: `Basic ${Buffer.from('ada:ada-password').toString('base64')}` };

test('an agent is ready, takes a preview, and rejects another', async ({ page, request }) => {
  await page.goto('/console/#/desk');
  await logIn(page, 'KSippola');
  const state = page.getByRole('region', { name: 'State' });
  await state.getByRole('button', { name: 'Ready', exact: true }).click();
  await expect(state.getByRole('button', { name: 'Ready', exact: true })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await expect(page.getByText('Nothing is asked of you now.')).toBeVisible();
  await looksRight(page, 'desk');

  const start = (number: string) =>
    request.post('/genesys/1/service/callback/preview', {
      headers: ADMIN,
      data: { _customer_number: number, account: 'gold' },
    });
  expect((await start('+12125550111')).status()).toBe(200);
  const card = page.getByRole('region', { name: 'A customer of preview' });
  await expect(card).toBeVisible();
  await expect(card).toContainText('left to answer');
  await expect(page).toHaveTitle(/Preview!/);
  await looksRight(page, 'desk-preview');
  await page.keyboard.press('r');
  await expect(card).toBeHidden();

  await state.getByRole('button', { name: 'Ready', exact: true }).click();
  expect((await start('+12125550112')).status()).toBe(200);
  await expect(card).toBeVisible();
  await card.getByRole('button', { name: 'Accept (a)' }).click();
  await expect(card).toBeHidden();
});

test('a second desk takes over', async ({ page, context, watch }) => {
  await page.goto('/console/#/desk');
  await logIn(page, 'KSippola');
  await expect(page.getByRole('region', { name: 'State' })).toBeVisible();
  const other = await context.newPage();
  watch.follow(other, new URL(page.url()).origin);
  await other.goto('/console/#/desk');
  await expect(other.getByRole('region', { name: 'State' })).toBeVisible();
  await expect(page.getByText('was opened in another tab')).toBeVisible();
});

test('agents are seen and made ready by a supervisor, and whose desk is whose', async ({ page }) => {
  await page.goto('/console/#/agents');
  await logIn(page, 'sam');
  const row = page.getByRole('row').filter({ hasText: 'MSalo' });
  await row.getByRole('button', { name: 'Make MSalo ready' }).click();
  await expect(row).toContainText('ready');
  await looksRight(page, 'agents');
  await row.getByRole('button', { name: 'Make MSalo not ready' }).click();
  await expect(row.getByRole('button', { name: 'Make MSalo ready' })).toBeVisible();
  await page.goto('/console/#/desk');
  await expect(page.getByText('No agent is called sam.')).toBeVisible();
});
