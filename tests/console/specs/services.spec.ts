import { expect, logIn, looksRight, test } from '../console';

test('a service is added, changed, and deleted', async ({ page, watch }) => {
  watch.expect(/status of (400|404)/);
  await page.goto('/console/#/services');
  await logIn(page, 'dev');
  await expect(page.getByRole('link', { name: 'sales' })).toBeVisible();
  await looksRight(page, 'services');
  await page.getByRole('button', { name: 'Add New' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add New Service' });
  await expect(dialog.getByLabel('Service Template')).toHaveValue('callback');
  await dialog.getByPlaceholder('New Service Name').fill('trial');
  await expect(dialog).toContainText('/genesys/1/service/callback/trial');
  const configuration = dialog.getByLabel('Common Default Configuration');
  await expect(configuration.getByRole('option').first()).toHaveText(
    'Choose among the following...',
  );
  await configuration.selectOption('User Terminated Delayed');
  await looksRight(page, 'services-add');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();

  await expect(page.getByRole('heading', { name: 'New service trial' })).toBeVisible();
  const save = page.getByRole('button', { name: 'Save trial' });
  await page.getByRole('searchbox', { name: 'Search Table' }).fill('_ttl');
  await page.getByLabel('_ttl', { exact: true }).fill('soon');
  await save.click();
  await expect(page.getByRole('alert').filter({ hasText: '_ttl' })).toBeVisible();
  await page.getByLabel('_ttl', { exact: true }).fill('3600');
  await page.getByRole('searchbox', { name: 'Search Table' }).fill('_target');
  await page.getByLabel('_target', { exact: true }).fill('Sales@Stat.GA');
  await save.click();
  await expect(page.getByRole('heading', { name: 'trial', exact: true })).toBeVisible();
  await expect(page.getByText('Service trial is saved.')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search Table' }).fill('');
  await looksRight(page, 'service');

  await page.getByRole('button', { name: 'Take _ttl off: its default holds again' }).click();
  await expect(page.getByText('1 change', { exact: true })).toBeVisible();
  await save.click();
  await expect(page.getByText('1 change', { exact: true })).toBeHidden();
  await page.getByRole('button', { name: 'Delete trial' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete trial' }).click();
  await expect(page.getByRole('heading', { name: 'Configured Services' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'trial' })).toHaveCount(0);
});

test('who may not configure is shown values alone', async ({ page }) => {
  await page.goto('/console/#/services/sales');
  await logIn(page, 'rea');
  await expect(page.getByRole('heading', { name: 'sales' })).toBeVisible();
  await expect(page.getByText('Sales@Stat.GA')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Delete sales' })).toHaveCount(0);
  await expect(page.getByRole('textbox')).toHaveCount(0);
});
