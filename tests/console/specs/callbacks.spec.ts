import type { APIRequestContext } from '@playwright/test';
import { expect, logIn, looksRight, test } from '../console';

const ADMIN = { authorization: `Basic ${Buffer.from('ada:ada-password').toString('base64')}` };
const TOMORROW = new Date(Date.now() + 86_400_000).toISOString();

/** The next test counts what is scheduled. */
async function over(request: APIRequestContext, id: string) {
  const path = `/genesys/1/service/callback/night/${id}`;
  expect((await request.delete(path, { headers: ADMIN })).status()).toBe(200);
}

test('one is found, looked at and cancelled', async ({ page, request }) => {
  const started = await request.post('/genesys/1/service/callback/night', {
    headers: ADMIN,
    data: { _customer_number: '+12125550101', account: 'gold' },
  });
  const { _id: id } = (await started.json()) as { _id: string };
  await page.goto('/console/');
  await logIn(page, 'sam');
  await page.getByRole('searchbox').fill('+1 212 555 0101');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status').filter({ hasText: 'as of' })).toContainText('1 callback');
  await page.getByRole('link', { name: id }).click();
  await expect(page.getByRole('heading', { name: `Callback ${id}` })).toBeVisible();
  await expect(page.getByRole('heading', { name: /Waits for a ready agent of GA:Night/ })).toBeVisible();
  await page.getByText('User data (1)').click();
  await expect(page.getByText('gold')).toBeVisible();
  await looksRight(page, 'callback');

  // The server moves only what waits for its first attempt.
  await expect(page.getByRole('button', { name: 'Reschedule callback' })).toHaveCount(0);

  await page.getByRole('button', { name: 'Cancel callback' }).click();
  const cancel = page.getByRole('dialog', { name: 'Cancel this callback?' });
  await cancel.getByRole('button', { name: 'Cancel callback' }).click();
  await expect(cancel).toBeHidden();
  await expect(page.getByText('CANCELLED', { exact: true }).first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Cancel callback' })).toHaveCount(0);
});

test('one that waits for its time is moved', async ({ page, request }) => {
  const started = await request.post('/genesys/1/service/callback/night', {
    headers: ADMIN,
    data: { _customer_number: '+12125550103', _desired_time: TOMORROW },
  });
  const { _id: id } = (await started.json()) as { _id: string };
  await page.goto(`/console/#/callbacks/${id}`);
  await logIn(page, 'sam');
  const later = new Date(Date.now() + 93_600_000);
  later.setSeconds(0, 0);
  await page.getByRole('button', { name: 'Reschedule callback' }).click();
  const move = page.getByRole('dialog', { name: 'Reschedule this callback?' });
  const local = await page.evaluate((at) => {
    const it = new Date(at);
    return new Date(at - it.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  }, later.getTime());
  await move.getByLabel(/The time it is wanted at/).fill(local);
  await move.getByRole('button', { name: 'Reschedule callback' }).click();
  await expect(move).toBeHidden();
  await expect(page.getByRole('heading', { name: /Waits for its time/ })).toBeVisible();
  const path = `/genesys/1/service/callback/night?_id=${id}`;
  const [moved] = (await (await request.get(path, { headers: ADMIN })).json()) as {
    _desired_time: string;
  }[];
  expect(moved?._desired_time).toBe(later.toISOString());
  await over(request, id);
});

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
  await over(request, id);
});

test('a long list is a window on its rows, and all that match are cancelled', async ({
  page,
  request,
}) => {
  // 75 in each slot of five minutes, which takes 100.
  const wanted = (row: number) => new Date(Date.now() + 86_400_000 + row * 4000).toISOString();
  const lines = Array.from({ length: 3000 }, (_, row) =>
    JSON.stringify({
      _customer_number: `+1212555${String(2000 + row).padStart(4, '0')}`,
      _desired_time: wanted(row),
    }),
  );
  const imported = await request.post('/v1/callbacks:import?service=night&run=one', {
    headers: { ...ADMIN, 'content-type': 'application/x-ndjson' },
    data: Buffer.from(lines.join('\n')),
  });
  expect(await imported.text()).not.toContain('error');

  await page.goto('/console/#/callbacks?service=night&state=SCHEDULED');
  await logIn(page, 'sam');
  const table = page.getByRole('table', { name: 'Callbacks' });
  await expect(table.getByRole('row').nth(5)).toBeVisible();
  const rows = () => table.getByRole('row').count();
  expect(await rows()).toBeLessThanOrEqual(80);
  await looksRight(page, 'callbacks');

  // To the end, as fast as one can.
  await expect
    .poll(async () => {
      await table.evaluate((it) => it.scrollTo(0, it.scrollHeight));
      return page.getByRole('status').filter({ hasText: 'as of' }).innerText();
    })
    .toMatch(/^3,000 callbacks/);
  await table.evaluate((it) => it.scrollTo(0, it.scrollHeight));
  await expect(table.getByRole('row').last()).toHaveAttribute('aria-rowindex', '3001');
  expect(await rows()).toBeLessThanOrEqual(80);

  await page.getByRole('button', { name: 'Cancel all that match' }).click();
  const dialog = page.getByRole('dialog', { name: 'Cancel 3,000 callbacks' });
  const go = dialog.getByRole('button', { name: 'Cancel 3,000 callbacks' });
  await expect(go).toBeDisabled();
  await dialog.getByLabel('Type 3000 to confirm').fill('3,000');
  await go.click();
  await expect(dialog.getByRole('status')).toContainText('3,000 callbacks cancelled');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(page.getByText('No callback is like that.')).toBeVisible();
  await page.getByRole('list', { name: 'Filters' }).getByRole('button', { name: 'Clear filters' }).click();
  await expect(page).toHaveURL(/#\/callbacks$/);
});

test('some are chosen, by range too, and what nobody may is not offered', async ({ page, request }) => {
  await page.goto('/console/#/callbacks?state=COMPLETED');
  await logIn(page, 'sam');
  const boxes = page.getByRole('checkbox');
  await expect(boxes.nth(5)).toBeVisible();
  await boxes.nth(1).click();
  await boxes.nth(4).click({ modifiers: ['Shift'] });
  await expect(page.getByText('4 callbacks chosen')).toBeVisible();
  await page.getByRole('button', { name: 'Choose none' }).click();
  await page.getByRole('button', { name: 'Log out sam' }).click();
  await logIn(page, 'rea');
  await expect(page.getByRole('table', { name: 'Callbacks' })).toBeVisible();
  await expect(page.getByRole('checkbox')).toHaveCount(0);
  const nothing = await request.post('/v1/callbacks:cancel', { headers: ADMIN, data: {} });
  expect(nothing.status()).toBe(400);
});
