import { expect, logIn, test } from '../console';

test('a wrong password is told, a right one lets in, and out again', async ({ page, context, watch }) => {
  watch.expect(/status of 401/);
  await page.goto('/');
  await expect(page).toHaveURL(/\/console\/$/);
  await expect(page.getByLabel('Name')).toBeFocused();
  await page.getByLabel('Name').fill('ada');
  await page.getByLabel('Password').fill('wrong');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toHaveText('Name or password is wrong.');
  await logIn(page, 'ada');
  await expect(page.getByRole('heading', { name: 'Now', level: 1 })).toBeVisible();

  const [cookie, ...others] = await context.cookies();
  expect(others).toEqual([]);
  expect(cookie).toMatchObject({ name: 'ringback', httpOnly: true, sameSite: 'Strict' });
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  expect(kept).not.toContain(cookie?.value);

  await page.getByRole('button', { name: 'Log out ada' }).click();
  await expect(page.getByLabel('Name')).toBeVisible();
  expect(await context.cookies()).toEqual([]);
  await page.reload();
  await expect(page.getByLabel('Name')).toBeVisible();
});

test('a link leads to its page also when one has to log in first', async ({ page }) => {
  await page.goto('/console/#/queues/VQ_Night');
  await logIn(page, 'sam');
  await expect(page.getByRole('heading', { name: 'Queue VQ_Night' })).toBeVisible();
  await expect(page).toHaveURL(/#\/queues\/VQ_Night$/);
});

test('a session that ends leaves the page as it is', async ({ page, context, watch }) => {
  watch.expect(/status of 401/);
  await page.goto('/console/#/queues');
  await logIn(page, 'sam');
  await expect(page.getByRole('link', { name: 'VQ_Sales' })).toBeVisible();
  await context.clearCookies();
  await page.getByRole('link', { name: 'VQ_Sales' }).click();
  const dialog = page.getByRole('dialog', { name: 'The session is over: log in again' });
  await expect(dialog).toBeVisible();
  await expect(dialog.getByLabel('Name')).toHaveValue('sam');
  await dialog.getByLabel('Password').fill('sam-password');
  await dialog.getByRole('button', { name: 'Log in' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('heading', { name: 'Queue VQ_Sales' })).toBeVisible();
});

test('a program has no session, and a cookie counts for pages of this origin alone', async ({
  page,
  request,
  watch,
}) => {
  watch.expect(/status of 403/);
  await page.goto('/console/');
  await page.getByLabel('Name').fill('ivr');
  await page.getByLabel('Password').fill('ivr-password');
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByRole('alert')).toContainText('role ivr must not log in');
  await logIn(page, 'ada');

  const own = await page.evaluate(() => fetch('../v1/services').then((it) => it.status));
  expect(own).toBe(200);
  const cookies = await page.context().cookies();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const pause = (headers: Record<string, string>) =>
    request.post('/v1/services/sales/pause', { headers: { cookie, ...headers } });
  expect((await pause({})).status()).toBe(403);
  expect((await pause({ 'sec-fetch-site': 'cross-site' })).status()).toBe(403);
  const genesys = await request.get('/genesys/1/service/callback/sales', { headers: { cookie } });
  expect(genesys.status()).toBe(401);
});

test('who guesses has to wait', async ({ page, watch }) => {
  watch.expect(/status of (401|429)/);
  await page.goto('/console/');
  const alert = page.getByRole('alert');
  for (let guess = 0; guess < 7; guess += 1) {
    await page.getByLabel('Name').fill('rea');
    await page.getByLabel('Password').fill(`guess ${guess}`);
    await page.getByRole('button', { name: 'Log in' }).click();
    await expect(page.getByRole('button', { name: 'Log in' })).toHaveAttribute('aria-disabled', 'false');
    if (await alert.getByText('too often').isVisible()) break;
  }
  await expect(alert).toContainText('credentials were wrong too often');
  await expect(alert).toContainText(/in \d+ s/);
});
