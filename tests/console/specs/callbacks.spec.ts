import { expect, logIn, test } from '../console';

const ADMIN = { authorization: `Basic ${Buffer.from('ada:ada-password').toString('base64')}` };
const TOMORROW = new Date(Date.now() + 86_400_000).toISOString();

test('what happened since is not overwritten', async ({ page, request, watch }) => {
  watch.expect(/status of 412/);
  const started = await request.post('/genesys/1/service/callback/night', {
    headers: ADMIN,
    data: { _customer_number: '+12125550102', _desired_time: TOMORROW },
  });
  const { _id: id } = (await started.json()) as { _id: string };
  await page.goto(`/console/#/callbacks/${id}`);
  await logIn(page, 'dev');
  await page.getByRole('button', { name: 'Cancel callback' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  const later = new Date(Date.now() + 90_000_000).toISOString();
  const path = `/genesys/1/service/callback/night/${id}`;
  const moved = await request.put(path, { headers: ADMIN, data: { _new_desired_time: later } });
  expect(moved.status()).toBe(200);
  await dialog.getByRole('button', { name: 'Cancel callback' }).click();
  await expect(dialog.getByRole('alert')).toContainText('more has happened than event');
  await dialog.getByRole('button', { name: 'Keep it as it is' }).click();
  await expect(page.getByRole('heading', { name: /Waits for its time/ })).toBeVisible();
});
