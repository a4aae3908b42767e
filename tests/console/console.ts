import { AxeBuilder } from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';

export { expect };

/** What no page may do, whatever is tested: each is an end of the test. */
class Watch {
  readonly broken: string[] = [];
  readonly #expected: RegExp[] = [];

  /** The browser itself tells of these answers, which the test asks for. */
  expect(text: RegExp) {
    this.#expected.push(text);
  }

  follow(page: Page, origin: string) {
    const note = (what: string) => {
      if (!this.#expected.some((it) => it.test(what))) this.broken.push(what);
    };
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()))
        note(`${message.type()}: ${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => note(`uncaught: ${error.message}`));
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(origin) && !/^(data|blob):/.test(url)) note(`elsewhere: ${url}`);
    });
  }
}

export const test = base.extend<{ watch: Watch }>({
  watch: [
    async ({ page, baseURL }, use) => {
      const watch = new Watch();
      // Until somebody has logged in, the server does not know who asks.
      watch.expect(/status of 401 .*\/v1\/session/);
      watch.follow(page, baseURL ?? '');
      await page.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', (event) =>
          console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`),
        );
      });
      await use(watch);
      expect(watch.broken).toEqual([]);
    },
    { auto: true },
  ],
});

export async function logIn(page: Page, name: string, password = `${name}-password`) {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByRole('button', { name: `Log out ${name}` })).toBeVisible();
}

/** Both themes, both widths: nothing is found by axe, nothing is wider than the window; a picture of each is kept. */
export async function looksRight(page: Page, name: string) {
  for (const theme of ['light', 'dark'] as const) {
    for (const [width, height] of [
      [1280, 800],
      [360, 640],
    ] as const) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height });
      const found = await new AxeBuilder({ page })
        .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
        .analyze();
      const told = found.violations.map(
        (it) => `${it.id}: ${it.help}: ${it.nodes.map((node) => node.html.slice(0, 200)).join(' ')}`,
      );
      expect(told, `${name}, ${theme}, ${width}`).toEqual([]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide, `${name} is ${wide} wide in ${width}`).toBeLessThanOrEqual(width);
      await page.screenshot({ path: `out/pictures/${name}-${theme}-${width}.png`, fullPage: true });
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}
